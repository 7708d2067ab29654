package dev.attune.trainer.job;

import dev.attune.trainer.method.AdapterFiles;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.place.Places;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The model to start from without its weights, refused where {@link StartingModel} would refuse it by its files' headers.
 *
 * @param tokenizer the folder of its tokenizer
 */
record StartingShapes(Config config, Architecture architecture, Path tokenizer) {

    /** Those of a model's folder; or of an adapter's, which are those of what it stands on. */
    static StartingShapes of(Places places, String uri, Task task, Method method) {
        var folder = StartingModel.existing(places, uri);
        if (Files.exists(folder.resolve(AdapterFiles.CONFIG))) {
            var base = StartingModel.base(folder);
            var below = of(places, base, task, method);
            if (Methods.of(folder).unmergeable(below.architecture()).isPresent()) {
                throw StartingModel.notToTrain(folder, base);
            }
            return below;
        }
        var config = ModelFolder.config(folder);
        var architecture = method.needsWeights() || ModelFolder.hasWeights(folder)
                ? ModelFolder.architecture(folder, task, Architectures::of)
                : Architectures.of(config, task);
        return new StartingShapes(config, architecture, folder);
    }
}
