package dev.attune.trainer.job;

import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.FreshWeights;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.place.Places;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The model to start from.
 *
 * @param model its weights, with the adapters that lay on the way folded in
 * @param tokenizer the folder of its tokenizer
 * @param folders every folder that was read
 */
record StartingModel(Model model, Path tokenizer, List<Path> folders) {

    private static final String FIELD = "spec.model.from";

    /** Loads a model's folder; or an adapter's, whose base is loaded first and takes it in. */
    static StartingModel load(Places places, String uri, Task task, long seed) {
        var folder = places.existing(FIELD, uri);
        return Files.exists(folder.resolve(Adapted.ADAPTER_CONFIG))
                ? adapted(places, uri, folder, task, seed)
                : new StartingModel(
                        ModelFolder.load(uri, folder, task, seed, Architectures::of), folder, List.of(folder));
    }

    /** The same; but a folder that has a configuration and no weights is a model whose weights are drawn from the seed. */
    static StartingModel loadOrDraw(Places places, String uri, Task task, long seed) {
        var folder = places.existing(FIELD, uri);
        if (ModelFolder.hasWeights(folder) || Files.exists(folder.resolve(Adapted.ADAPTER_CONFIG))) {
            return load(places, uri, task, seed);
        }
        var config = ModelFolder.config(folder);
        var architecture = Architectures.of(config, task);
        var fresh = new Model(uri, folder, config, task, architecture, FreshWeights.draw(architecture, seed));
        return new StartingModel(fresh, folder, List.of(folder));
    }

    private static StartingModel adapted(Places places, String uri, Path folder, Task task, long seed) {
        var base = Methods.adapterConfig(folder).path("base_model_name_or_path").asText();
        if (!base.contains("://")) {
            throw TrainerFailure.invalidModel(("%s/%s: base_model_name_or_path is '%s', which is no place: write"
                            + " pvc://claim/path or file:///path there")
                    .formatted(folder, Adapted.ADAPTER_CONFIG, base));
        }
        var below = load(places, base, task, seed);
        var weights = Methods.load(below.model(), folder).merged().get();
        var model = below.model();
        var folders = new ArrayList<>(below.folders());
        folders.add(folder);
        return new StartingModel(
                new Model(uri, model.folder(), model.config(), task, model.architecture(), weights),
                below.tokenizer(),
                List.copyOf(folders));
    }
}
