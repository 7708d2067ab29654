package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Head;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Recomputing;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import dev.attune.trainer.tensor.Recomputation;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Updates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A model that a method has made ready for training.
 *
 * @param training the network to learn with (with dropout)
 * @param inference the network to measure and generate with
 * @param trainables what training changes, in a fixed order
 * @param adapter what was learnt as files apart from the model; empty: the model itself is trained
 * @param merged all weights of the model with what was learnt folded in, where the method can do that
 */
public record Adapted(
        Network training,
        Network inference,
        List<Trainable> trainables,
        Optional<AdapterFiles> adapter,
        Supplier<Map<String, NDArray>> merged) {

    /** What is trained, where it is less than a whole model. */
    public static final String TRAINED = "trained.safetensors";

    /** The same, whose layers keep nothing for their gradients but what went in, and are computed again for them. */
    public Adapted recomputing() {
        return new Adapted(new Recomputing(training, new Recomputation()), inference, trainables, adapter, merged);
    }

    /** How many numbers are trained. */
    public long size() {
        return trainables.stream().mapToLong(t -> t.array().size()).sum();
    }

    /** Whether a head alone is trained, so that the hidden states below it are the same at every step. */
    public boolean trainsOnly(Head head) {
        var names = head.parameters().stream().map(Parameter::name).toList();
        return training instanceof WeightsNetwork
                && trainables.stream().map(Trainable::name).allMatch(names::contains);
    }

    /** How many of the model's lowest layers, and all below them, hold nothing that is trained; all but one at most. */
    public int frozenLayers(Architecture architecture) {
        return Footprint.frozenLayers(
                architecture, trainables.stream().map(Trainable::name).toList());
    }

    /** Whether every weight of the model is trained, so that what is trained is a model. */
    public boolean trainsAll() {
        return adapter.isEmpty() && trainables.size() == merged.get().size();
    }

    /**
     * Writes what is trained, to be restored exactly; beside it the adapter, as what its users load may be less.
     *
     * @return the files' digests by name
     */
    public Map<String, String> save(Path folder) throws IOException {
        var written = new LinkedHashMap<String, String>();
        written.put(trained(), SafetensorsWriter.write(folder.resolve(trained()), Trainable.byName(trainables)));
        if (adapter.isPresent()) {
            written.putAll(adapter.get().write(folder));
        }
        return written;
    }

    private String trained() {
        return trainsAll() ? ModelFolder.WEIGHTS : TRAINED;
    }

    /** Takes what is trained from a folder that {@link #save} wrote. */
    public void restore(Path folder) {
        take(List.of(SafetensorsFile.open(folder.resolve(trained()))));
    }

    /** Takes what is trained from the files of an adapter, which its library or this trainer wrote; all that they hold has a use. */
    public void load(Path folder) {
        var files = adapter.orElseThrow().weights().keySet().stream()
                .map(folder::resolve)
                .filter(Files::exists)
                .map(SafetensorsFile::open)
                .toList();
        take(files);
        files.forEach(this::requireUse);
    }

    private void requireUse(SafetensorsFile file) {
        var asked = trainables.stream().map(Trainable::name).toList();
        file.names().stream()
                .filter(name -> !asked.contains(name) && !isFrozen(file, name))
                .findFirst()
                .ifPresent(name -> {
                    throw TrainerFailure.invalidModel(
                            "%s: tensor %s has no place in this adapter, nor is it the model's own, so that it would not be what was trained: its configuration and its weights don't belong together"
                                    .formatted(file.path(), name));
                });
    }

    private boolean isFrozen(SafetensorsFile file, String name) {
        try (var scope = Scope.withoutGradients()) {
            return adapter.orElseThrow().frozen().test(name, file.floats(name));
        }
    }

    /** Takes what is trained from the same method on another copy of the model. */
    public void take(Adapted other) {
        try (var scope = Scope.withoutGradients()) {
            for (var i = 0; i < trainables.size(); i++) {
                Updates.copyInto(
                        trainables.get(i).array(), other.trainables.get(i).array());
            }
        }
    }

    private void take(List<SafetensorsFile> files) {
        for (var trainable : trainables) {
            var name = trainable.name();
            var file = files.stream()
                    .filter(open -> open.names().contains(name))
                    .findFirst()
                    .orElseThrow(() ->
                            TrainerFailure.invalidModel("%s: tensor %s is missing".formatted(paths(files), name)));
            if (!file.shape(name).equals(trainable.array().getShape())) {
                throw TrainerFailure.invalidModel("%s: tensor %s has shape %s, not %s"
                        .formatted(
                                file.path(),
                                name,
                                file.shape(name),
                                trainable.array().getShape()));
            }
            try (var saved = file.floats(name)) {
                Updates.copyInto(trainable.array(), saved);
            }
        }
    }

    private static String paths(List<SafetensorsFile> files) {
        return String.join(
                ", ", files.stream().map(file -> file.path().toString()).toList());
    }
}
