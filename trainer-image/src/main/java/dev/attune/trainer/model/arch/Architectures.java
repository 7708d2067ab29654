package dev.attune.trainer.model.arch;

import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Task;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** The registry: {@code model_type} of a configuration to the architecture that computes it. */
public final class Architectures {

    private static final Map<String, BiFunction<Config, Task, Architecture>> KNOWN = new TreeMap<>(Map.ofEntries(
            entry("bert", Bert::of),
            entry("distilbert", DistilBert::of),
            entry("gpt2", Gpt2::of),
            entry("gpt_neox", GptNeoX::of),
            entry("llama", Llama::of),
            entry("mistral", Mistral::of),
            entry("qwen2", Qwen2::of),
            entry("roberta", Roberta::of),
            entry("t5", T5::of)));

    private Architectures() {}

    private static Map.Entry<String, BiFunction<Config, Task, Architecture>> entry(
            String type, BiFunction<Config, Task, Architecture> make) {
        return Map.entry(type, make);
    }

    /** The values of {@code model_type} that are known. */
    public static Set<String> known() {
        return KNOWN.keySet();
    }

    /** The architecture that a configuration asks for, with the head of a task; an unknown one is an invalid model. */
    public static Architecture of(Config config, Task task) {
        var type = config.text("model_type", "(none)");
        var make = KNOWN.get(type);
        if (make == null) {
            throw config.refuse(
                    "model_type", "'" + type + "' is not implemented; known: " + String.join(", ", KNOWN.keySet()));
        }
        return make.apply(config, task);
    }
}
