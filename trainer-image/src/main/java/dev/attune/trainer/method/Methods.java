package dev.attune.trainer.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Model;
import java.io.IOException;
import java.nio.file.Path;

/** The registry: from a manifest's {@code method}, or an adapter's folder, to the method. */
public final class Methods {

    private Methods() {}

    /** The method that a manifest sets. */
    public static Method of(dev.attune.api.Method spec) {
        if (spec.lora() != null) {
            return Lora.of(spec.lora());
        }
        return new Full();
    }

    /** The model that the adapter in a folder was trained on, as a URI. */
    public static String base(Path folder) {
        var config = adapterConfig(folder);
        return config.path("base_model_name_or_path")
                .asText(config.path("model_name").asText());
    }

    private static JsonNode adapterConfig(Path folder) {
        var path = folder.resolve(AdapterFiles.CONFIG);
        try {
            return new ObjectMapper().readTree(path.toFile());
        } catch (IOException e) {
            throw TrainerFailure.invalidModel(path + " can't be read: " + e.getMessage());
        }
    }

    /** The method that made the adapter in a folder, which PEFT or this trainer saved; an unknown one is refused. */
    public static Method of(Path folder) {
        var config = adapterConfig(folder);
        var type = config.path("peft_type").asText();
        if (!type.equals("LORA")) {
            throw TrainerFailure.invalidModel(
                    "%s: peft_type %s is not implemented; known: LORA".formatted(folder, type));
        }
        return LoraConfig.read(folder, config);
    }

    /** The model with the adapter of a folder. */
    public static Adapted load(Model model, Path folder) {
        var adapted = of(folder).adapt(model, 0);
        adapted.load(folder);
        return adapted;
    }
}
