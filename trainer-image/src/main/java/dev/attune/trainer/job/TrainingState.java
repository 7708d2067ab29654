package dev.attune.trainer.job;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.EventJson;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import dev.attune.trainer.tensor.Updates;
import dev.attune.trainer.train.Optimiser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint's folder holds beside the trained weights: what the optimiser remembers, what was stepped and measured, and
 * what another job needs to start from there, unless a part alone of the model's own weights is trained.
 * Data order and random numbers are functions of the step, so that there is nothing of them to keep.
 */
final class TrainingState {

    private static final String OPTIMISER = "optimizer.safetensors";
    private static final String HISTORY = "history.jsonl";

    private TrainingState() {}

    /** Writes all, what the optimiser remembers beside the weights, and gives the digests of what is large, by file. */
    static Map<String, String> save(
            Path folder, Adapted adapted, Companions companions, Optimiser optimiser, List<Event> history)
            throws IOException {
        var remembered = Promise.of("optimiser", () -> write(folder.resolve(OPTIMISER), optimiser.state()));
        try {
            var hashed = adapted.save(folder);
            if (adapted.adapter().isPresent()) {
                companions.ofAdapter(folder);
            } else if (adapted.trainsAll()) {
                companions.ofModel(folder);
            }
            Files.write(
                    folder.resolve(HISTORY),
                    history.stream().map(EventJson::line).toList());
            hashed.put(OPTIMISER, remembered.get());
            return hashed;
        } finally {
            remembered.await();
        }
    }

    private static String write(Path file, Map<String, NDArray> arrays) {
        try {
            return SafetensorsWriter.write(file, arrays);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts weights and the optimiser back, and gives the history. */
    static List<Event> load(Path folder, Adapted adapted, Optimiser optimiser) throws IOException {
        var remembered = SafetensorsFile.open(folder.resolve(OPTIMISER));
        if (!remembered.names().equals(optimiser.state().keySet())) {
            throw TrainerFailure.invalidModel(
                    "%s holds something else than this optimiser remembers, as another version of Attune wrote it: delete %s to train anew"
                            .formatted(remembered.path(), folder));
        }
        adapted.restore(folder);
        optimiser.state().forEach((name, array) -> {
            try (var saved = remembered.floats(name)) {
                Updates.copyInto(array, saved);
            }
        });
        return history(folder);
    }

    /** What was stepped and measured up to a checkpoint, oldest first. */
    static List<Event> history(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve(HISTORY)).stream()
                .map(EventJson::parse)
                .toList();
    }
}
