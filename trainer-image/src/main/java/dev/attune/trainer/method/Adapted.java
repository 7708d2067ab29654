package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import dev.attune.trainer.tensor.Ops;
import java.io.IOException;
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
 * @param weightsFile name of the file that they are saved to
 * @param adapterConfig PEFT's {@code adapter_config.json}; empty: the model itself is trained
 * @param merged all weights of the model with what was learnt folded in
 */
public record Adapted(
        Network training,
        Network inference,
        List<Trainable> trainables,
        String weightsFile,
        Optional<ObjectNode> adapterConfig,
        Supplier<Map<String, NDArray>> merged) {

    /** The file of PEFT's configuration. */
    public static final String ADAPTER_CONFIG = "adapter_config.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** How many numbers are trained. */
    public long size() {
        return trainables.stream().mapToLong(t -> t.array().size()).sum();
    }

    /** Writes what is trained: an adapter as PEFT loads it, or else the model's weights. */
    public void save(Path folder) throws IOException {
        var arrays = new LinkedHashMap<String, NDArray>();
        trainables.forEach(trainable -> arrays.put(trainable.name(), trainable.array()));
        SafetensorsWriter.write(folder.resolve(weightsFile), arrays);
        if (adapterConfig.isPresent()) {
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(folder.resolve(ADAPTER_CONFIG).toFile(), adapterConfig.get());
        }
    }

    /** Takes what is trained from a folder that {@link #save} or PEFT wrote. */
    public void load(Path folder) {
        var file = SafetensorsFile.open(folder.resolve(weightsFile));
        for (var trainable : trainables) {
            var name = trainable.name();
            if (!file.names().contains(name)) {
                throw TrainerFailure.invalidModel("%s: tensor %s is missing".formatted(file.path(), name));
            }
            if (!file.shape(name).equals(trainable.array().getShape())) {
                throw TrainerFailure.invalidModel("%s: tensor %s has shape %s, not %s"
                        .formatted(
                                file.path(),
                                name,
                                file.shape(name),
                                trainable.array().getShape()));
            }
            try (var saved = file.floats(name)) {
                Ops.copyInto(trainable.array(), saved);
            }
        }
    }
}
