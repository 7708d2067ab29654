package dev.attune.trainer.estimate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a family of architectures calls the linear layers of a layer, by the last parts of their modules' names, and what
 * attention makes of what they give. What the rest of a layer makes follows from these: an array each linear layer, norm,
 * activation, product and sum.
 *
 * @param reading make queries, keys and values
 * @param writing makes a state of what attention gave
 * @param up lead into the feed-forward network; a second one is multiplied with the first
 * @param down leads out of it
 * @param norms root-mean-square normalisations, which keep once more what they read where their weight is trained
 * @param attention arrays as wide as the queries that attention makes
 */
record Family(
        List<String> reading, String writing, List<String> up, String down, List<String> norms, double attention) {

    /** What attention gave, the same with its heads beside each other, and what it keeps beside. */
    private static final double PLAIN = 3;

    /** The same; queries and keys turned, with what is left of turning them; keys and values for each head. */
    private static final double TURNED = 7;

    private static final Family LLAMA = new Family(
            List.of("q_proj", "k_proj", "v_proj"),
            "o_proj",
            List.of("gate_proj", "up_proj"),
            "down_proj",
            List.of("input_layernorm", "post_attention_layernorm"),
            TURNED);

    private static final Family BERT = new Family(
            List.of("query", "key", "value"),
            "attention.output.dense",
            List.of("intermediate.dense"),
            "output.dense",
            List.of(),
            PLAIN);

    private static final Map<String, Family> KNOWN = Map.of(
            "llama", LLAMA,
            "mistral", LLAMA,
            "qwen2", LLAMA,
            "bert", BERT,
            "roberta", BERT,
            "distilbert",
                    new Family(
                            List.of("q_lin", "k_lin", "v_lin"), "out_lin", List.of("lin1"), "lin2", List.of(), PLAIN),
            "gpt2", new Family(List.of("c_attn"), "attn.c_proj", List.of("c_fc"), "mlp.c_proj", List.of(), PLAIN),
            "gpt_neox",
                    new Family(
                            List.of("query_key_value"),
                            "attention.dense",
                            List.of("dense_h_to_4h"),
                            "dense_4h_to_h",
                            List.of(),
                            TURNED),
            "t5",
                    new Family(
                            List.of("q", "k", "v"),
                            "o",
                            List.of("wi", "wi_0", "wi_1"),
                            "wo",
                            List.of("layer_norm"),
                            PLAIN));

    /** What a linear layer is for. */
    enum Part {
        READING,
        WRITING,
        UP,
        DOWN,
        NORM,
        OTHER
    }

    /** The family of a configuration's {@code model_type}, which must be one of {@link #known}. */
    static Family of(String modelType) {
        return KNOWN.get(modelType);
    }

    /** The values of {@code model_type} that are known. */
    static Set<String> known() {
        return KNOWN.keySet();
    }

    /** What a module is for. */
    Part part(String module) {
        if (ends(module, writing)) {
            return Part.WRITING;
        }
        return Arrays.stream(Part.values())
                .filter(part -> names(part).stream().anyMatch(name -> ends(module, name)))
                .findFirst()
                .orElse(Part.OTHER);
    }

    private List<String> names(Part part) {
        return switch (part) {
            case READING -> reading;
            case WRITING -> List.of(writing);
            case UP -> up;
            case DOWN -> List.of(down);
            case NORM -> norms;
            case OTHER -> List.of();
        };
    }

    private static boolean ends(String module, String name) {
        return module.endsWith("." + name);
    }
}
