package dev.attune.trainer.method;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.trainer.failure.TrainerFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads PEFT's configuration of a LoRA adapter, and refuses what would change its mathematics. */
final class LoraConfig {

    private LoraConfig() {}

    static Lora read(Path folder, JsonNode config) {
        for (var flag : List.of("use_dora", "use_rslora", "lora_bias")) {
            if (config.path(flag).asBoolean()) {
                throw refuse(folder, flag, "true");
            }
        }
        for (var map : List.of("rank_pattern", "alpha_pattern", "modules_to_save", "layers_to_transform")) {
            if (!config.path(map).isEmpty()) {
                throw refuse(folder, map, config.path(map).toString());
            }
        }
        if (!config.path("bias").asText("none").equals("none")) {
            throw refuse(folder, "bias", config.path("bias").asText());
        }
        return new Lora(
                config.path("r").asInt(),
                config.path("lora_alpha").asDouble(),
                config.path("lora_dropout").asDouble(),
                targets(folder, config.path("target_modules")));
    }

    private static List<String> targets(Path folder, JsonNode modules) {
        if (!modules.isArray()) {
            throw refuse(folder, "target_modules", modules.toString());
        }
        var targets = new ArrayList<String>();
        modules.forEach(module -> targets.add(module.asText()));
        return targets;
    }

    private static TrainerFailure refuse(Path folder, String field, String value) {
        return TrainerFailure.invalidModel(
                "%s/%s: %s %s is not implemented".formatted(folder, AdapterFiles.CONFIG, field, value));
    }
}
