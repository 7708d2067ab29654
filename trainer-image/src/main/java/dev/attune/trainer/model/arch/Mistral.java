package dev.attune.trainer.model.arch;

import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Task;

/** Mistral (https://arxiv.org/abs/2310.06825): Llama whose queries see a window of keys. */
final class Mistral {

    private Mistral() {}

    static Architecture of(Config config, Task task) {
        if (config.json().hasNonNull("layer_types")) {
            throw config.refuse("layer_types", "windows that differ by layer are not implemented for mistral");
        }
        var window = config.json().has("sliding_window") ? config.integer("sliding_window", 0) : 4096;
        return Llama.of(config, task, "Mistral", new Llama.Biases(false, false, false), layer -> window, Llama.TARGETS);
    }
}
