package dev.attune.trainer.job;

import dev.attune.trainer.digest.Digests;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.AdapterFiles;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.FreshWeights;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.ModelFolder.Reading;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Precision;
import dev.attune.trainer.model.Quantization;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.place.Places;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The model to start from.
 *
 * @param model its weights, with the adapters that lay on the way folded in
 * @param adapter the last of them, where it can't be folded in: the model can be asked, and not be trained
 * @param tokenizer the folder of its tokenizer
 * @param folders every folder that was read
 */
record StartingModel(Model model, Optional<Adapted> adapter, Path tokenizer, List<Path> folders) {

    static final String FIELD = "spec.model.from";

    /** What the model of a folder was made for, as its configuration tells; of an adapter, what it was made for. */
    static Task task(Places places, String uri) {
        var folder = existing(places, uri);
        return Files.exists(folder.resolve(ModelFolder.CONFIG))
                ? Task.of(ModelFolder.config(folder))
                : Task.LANGUAGE_MODELING;
    }

    /** Loads a model's folder; or an adapter's, whose base is loaded first and takes it in. */
    static StartingModel load(Places places, String uri, Task task, long seed) {
        return load(places, uri, task, seed, Optional.empty(), Reading.MAPPED);
    }

    /** The same with the linear layers kept as codes, where a kind is given; an adapter is folded in before that. */
    static StartingModel load(
            Places places, String uri, Task task, long seed, Optional<Quantization> kind, Reading reading) {
        var folder = existing(places, uri);
        return Files.exists(folder.resolve(AdapterFiles.CONFIG))
                ? adapted(places, uri, folder, task, seed, reading).keptAs(kind)
                : whole(
                        ModelFolder.load(uri, folder, task, seed, kind, reading, Architectures::of),
                        folder,
                        List.of(folder));
    }

    /** A model in fp32; but a folder that has a configuration and no weights is a model whose weights are drawn from the seed. */
    static StartingModel loadOrDraw(Places places, String uri, Task task, long seed, Reading reading) {
        var folder = existing(places, uri);
        if (ModelFolder.hasWeights(folder) || Files.exists(folder.resolve(AdapterFiles.CONFIG))) {
            return load(places, uri, task, seed, Optional.empty(), reading);
        }
        var config = ModelFolder.config(folder);
        var architecture = Architectures.of(config, task);
        var fresh = new Model(uri, folder, config, task, architecture, FreshWeights.draw(architecture, seed));
        return whole(fresh, folder, List.of(folder));
    }

    static Path existing(Places places, String uri) {
        var folder = places.existing(FIELD, uri);
        if (Files.exists(folder.resolve(Adapted.TRAINED)) && !Files.exists(folder.resolve(AdapterFiles.CONFIG))) {
            throw TrainerFailure.invalidModel(
                    "%s: %s is a checkpoint of a job that trains a part of the model's weights, and holds that part alone: start from the job's result"
                            .formatted(FIELD, uri));
        }
        return folder;
    }

    private static StartingModel whole(Model model, Path tokenizer, List<Path> folders) {
        return new StartingModel(model, Optional.empty(), tokenizer, folders);
    }

    private static StartingModel adapted(
            Places places, String uri, Path folder, Task task, long seed, Reading reading) {
        var below = load(places, base(folder), task, seed, Optional.empty(), reading)
                .toTrain();
        var folders = new ArrayList<>(below.folders());
        folders.add(folder);
        var model = below.model();
        var adapted = Methods.load(model, folder);
        var method = Methods.of(folder);
        return method.unmergeable(model.architecture()).isEmpty()
                ? whole(
                        new Model(
                                uri,
                                model.folder(),
                                model.config(),
                                task,
                                model.architecture(),
                                adapted.merged().get()),
                        below.tokenizer(),
                        List.copyOf(folders))
                : new StartingModel(model, Optional.of(adapted), below.tokenizer(), List.copyOf(folders));
    }

    /** The URI of the model that an adapter stands on. */
    static String base(Path folder) {
        var base = Methods.base(folder);
        if (!base.contains("://")) {
            throw TrainerFailure.invalidModel(
                    "%s/%s: the base model is '%s', which is no place: write pvc://claim/path or file:///path there"
                            .formatted(folder, AdapterFiles.CONFIG, base));
        }
        return base;
    }

    /** The same, refused where an adapter stands on it that a result couldn't hold. */
    StartingModel toTrain() {
        if (adapter.isPresent()) {
            throw notToTrain(folders.get(folders.size() - 1), model.source());
        }
        return this;
    }

    static TrainerFailure notToTrain(Path adapter, String base) {
        return TrainerFailure.invalidManifest(
                "%s: %s holds an adapter that can't be folded into its model, so nothing can be trained on top: start from %s"
                        .formatted(FIELD, adapter, base));
    }

    /** Of no use any more once it is kept in another way. */
    private StartingModel keptAs(Optional<Quantization> kind) {
        return kind.map(how -> new StartingModel(model.quantized(how), adapter, tokenizer, folders))
                .orElse(this);
    }

    /** The same, computing in a precision. */
    StartingModel in(Precision precision) {
        return new StartingModel(model.in(precision), adapter, tokenizer, folders);
    }

    /** What computes an answer. */
    Network network() {
        return adapter.map(Adapted::inference).orElseGet(() -> model.network());
    }

    /**
     * Digest of the weights and configurations that were read, by content.
     *
     * @param seed that weights were drawn from, where none were read
     */
    String digest(long seed) {
        var digests = new StringBuilder();
        if (folders.stream().noneMatch(ModelFolder::hasWeights)) {
            digests.append("drawn from ").append(seed).append('\n');
        }
        for (var folder : folders) {
            try (var files = Files.list(folder)) {
                for (var file : files.filter(StartingModel::decides).sorted().toList()) {
                    digests.append(file.getFileName())
                            .append(' ')
                            .append(Digests.of(file))
                            .append('\n');
                }
            } catch (IOException e) {
                throw TrainerFailure.unavailable(folder + " can't be read: " + e.getMessage(), e);
            }
        }
        return Digests.of(digests.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static boolean decides(Path file) {
        var name = file.getFileName().toString();
        return name.endsWith(".safetensors") || name.equals(ModelFolder.CONFIG) || name.equals(AdapterFiles.CONFIG);
    }
}
