package dev.attune.trainer.model.arch;

import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Targets;
import dev.attune.trainer.model.Task;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Qwen 2 and 2.5 (https://arxiv.org/abs/2407.10671): Llama with biases on queries, keys and values, and windows by layer. */
final class Qwen2 {

    private static final Targets TARGETS =
            new Targets(List.of("q_proj", "v_proj"), List.of("q_proj", "v_proj", "down_proj"), List.of("down_proj"));

    private Qwen2() {}

    static Architecture of(Config config, Task task) {
        return Llama.of(config, task, "Qwen2", new Llama.Biases(true, false, false), window(config), TARGETS);
    }

    /** Without {@code layer_types}, the layers from {@code max_window_layers} on have the window. */
    private static IntUnaryOperator window(Config config) {
        var width = config.flag("use_sliding_window", false) ? config.integer("sliding_window", 4096) : 0;
        var types = config.block("layer_types");
        if (!types.isArray()) {
            var full = config.integer("max_window_layers", 28);
            return layer -> layer < full ? 0 : width;
        }
        return layer -> switch (types.path(layer).asText()) {
            case "full_attention" -> 0;
            case "sliding_attention" -> {
                if (width == 0) {
                    throw config.refuse(
                            "layer_types", "sliding_attention needs use_sliding_window: true and a sliding_window");
                }
                yield width;
            }
            default ->
                throw config.refuse(
                        "layer_types",
                        "'%s' of layer %d is not implemented; known: full_attention, sliding_attention"
                                .formatted(types.path(layer).asText(), layer));
        };
    }
}
