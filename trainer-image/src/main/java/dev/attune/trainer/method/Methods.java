package dev.attune.trainer.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** The registry: from a manifest's {@code method}, or an adapter's folder, to the method. */
public final class Methods {

    private Methods() {}

    /**
     * The method that a manifest sets.
     *
     * @param folders from the URI of an adapter to go on from to its folder
     */
    public static Method of(dev.attune.api.Method spec, Function<String, Path> folders) {
        if (spec.lora() != null) {
            return Lora.of(spec.lora(), folders);
        }
        if (spec.ia3() != null) {
            return Ia3.of(spec.ia3());
        }
        if (spec.linearProbe() != null) {
            return new LinearProbe();
        }
        if (spec.head() != null) {
            return new TopLayers(spec.head().unfreezeLayers());
        }
        if (spec.promptTuning() != null) {
            return PromptTuning.of(spec.promptTuning());
        }
        if (spec.prefixTuning() != null) {
            return PrefixTuning.of(spec.prefixTuning());
        }
        if (spec.adapter() != null) {
            return Bottleneck.of(spec.adapter());
        }
        return Full.of(spec.full());
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
        if (Bottleneck.made(config)) {
            return Bottleneck.of(folder, config);
        }
        var type = config.path("peft_type").asText();
        return switch (type) {
            case "LORA" ->
                new Lora(
                        LoraConfig.read(folder, config),
                        config.path("lora_dropout").asDouble(),
                        Optional.empty(),
                        Optional.empty());
            case "IA3" -> Ia3.read(folder, config);
            case PromptTuning.TYPE -> PromptTuning.of(config);
            case PrefixTuning.TYPE -> PrefixTuning.of(config);
            default ->
                throw TrainerFailure.invalidModel("%s: peft_type %s is not implemented; known: LORA, IA3, %s, %s"
                        .formatted(folder, type, PromptTuning.TYPE, PrefixTuning.TYPE));
        };
    }

    /** The model with the adapter of a folder. */
    public static Adapted load(Model model, Path folder) {
        var method = of(folder);
        Peft.requireHead(folder, adapterConfig(folder).path("modules_to_save"), model);
        var adapted = method.adapt(model, 0);
        adapted.load(folder);
        return adapted;
    }
}
