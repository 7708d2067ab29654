package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.digest.Digests;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import dev.attune.trainer.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/**
 * An adapter as the files that the library of its format loads.
 *
 * @param weights by file, the arrays in it
 * @param configs by file, the JSON in it
 * @param frozen whether an array that a file holds beside those that are trained may be passed over: the method reads it
 *     itself, or the model has it
 */
public record AdapterFiles(
        Map<String, Supplier<Map<String, NDArray>>> weights,
        Map<String, ObjectNode> configs,
        BiPredicate<String, NDArray> frozen) {

    /** Configuration of an adapter, in PEFT's layout and in that of the adapters library. */
    public static final String CONFIG = "adapter_config.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The configuration of the adapter in a folder. */
    static JsonNode config(Path folder) {
        var path = folder.resolve(CONFIG);
        try {
            return JSON.readTree(path.toFile());
        } catch (IOException e) {
            throw TrainerFailure.invalidModel(path + " can't be read: " + e.getMessage());
        }
    }

    /** Writes the files, and gives their digests by name. */
    public Map<String, String> write(Path folder) throws IOException {
        var written = new LinkedHashMap<String, String>();
        for (var file : weights.entrySet()) {
            try (var scope = Scope.withoutGradients()) {
                var digest = SafetensorsWriter.write(
                        folder.resolve(file.getKey()), file.getValue().get());
                written.put(file.getKey(), digest);
            }
        }
        for (var file : configs.entrySet()) {
            var path = folder.resolve(file.getKey());
            JSON.writerWithDefaultPrettyPrinter().writeValue(path.toFile(), file.getValue());
            written.put(file.getKey(), Digests.of(path));
        }
        return written;
    }
}
