package dev.attune.trainer.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.attune.api.FineTuneJobSpec;
import dev.attune.trainer.digest.Digests;
import dev.attune.trainer.failure.TrainerFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The digest of all that decides a result's weights but for what the hardware does to their rounding, by which checkpoints and
 * results are recognised.
 */
final class Recipe {

    /** Larger files are told by name and size: hashing a large model would cost more than it guards against. */
    private static final long HASHED = 16 << 20;

    private Recipe() {}

    /**
     * Digest of a recipe and of what it reads.
     *
     * @param model folders that the model is read from
     * @param data digests of the data files
     */
    static String digest(FineTuneJobSpec spec, List<Path> model, List<String> data) {
        var recipe = new TreeMap<String, Object>();
        recipe.put("model", spec.model());
        recipe.put("data", spec.data());
        recipe.put("objective", spec.objective());
        recipe.put("method", spec.method());
        recipe.put("training", spec.training());
        recipe.put("modelFiles", model.stream().flatMap(f -> files(f).stream()).toList());
        recipe.put("dataFiles", data);
        try {
            var json = JsonMapper.builder()
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .build()
                    .writeValueAsString(recipe);
            return Digests.of(json.getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> files(Path folder) {
        try (var all = Files.list(folder)) {
            var files = new ArrayList<String>();
            for (var file : all.sorted().toList()) {
                var name = file.getFileName().toString();
                if (name.endsWith(".safetensors") || name.endsWith(".json")) {
                    var size = Files.size(file);
                    files.add(name + " " + (size > HASHED ? size : Digests.of(file)));
                }
            }
            return files;
        } catch (IOException | UncheckedIOException e) {
            throw TrainerFailure.unavailable("%s: the model's folder can't be read: %s".formatted(folder, e), e);
        }
    }
}
