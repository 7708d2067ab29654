package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Targets;
import dev.attune.trainer.model.Task;
import java.util.List;
import java.util.Set;

/** BERT (https://arxiv.org/abs/1810.04805), as transformers' {@code BertModel} computes it; MiniLM too. */
final class Bert {

    private static final Encoder.Names NAMES = names("bert");

    private Bert() {}

    static Architecture of(Config config, Task task) {
        requireEncoder(config);
        var sizes = sizes(config);
        return new Encoder(
                NAMES,
                config.integer("vocab_size"),
                config.integer("max_position_embeddings", 512),
                -1,
                config.integer("type_vocab_size", 2),
                sizes,
                config.number("layer_norm_eps", 1e-12),
                config.number("initializer_range", 0.02),
                Activation.of(config, "hidden_act", "gelu"),
                targets(),
                head(config, task, sizes.hidden()));
    }

    private static EncoderHead head(Config config, Task task, int hidden) {
        var predictions = "cls.predictions";
        return switch (task.kind()) {
            case LANGUAGE_MODELING ->
                EncoderHead.vocabulary(
                        "BertForMaskedLM",
                        new EncoderHead.Size(hidden, config.integer("vocab_size")),
                        predictions + ".transform.dense",
                        Activation.of(config, "hidden_act", "gelu"),
                        predictions + ".transform.LayerNorm",
                        config.number("layer_norm_eps", 1e-12),
                        NAMES.embeddings("word_embeddings"),
                        predictions + ".bias");
            case CLASSIFICATION, TAGGING, REGRESSION ->
                EncoderHead.text(
                        "BertForSequenceClassification",
                        new EncoderHead.Size(hidden, task.outputs()),
                        "bert.pooler.dense",
                        NDArray::tanh,
                        EncoderHead.TEXT);
            case QUESTION_ANSWERING ->
                EncoderHead.answers("BertForQuestionAnswering", new EncoderHead.Size(hidden, task.outputs()));
        };
    }

    /** What BERT and RoBERTa call their modules. */
    static Encoder.Names names(String model) {
        return new Encoder.Names(
                model,
                "encoder.layer",
                ".attention.self",
                ".attention.self.query",
                ".attention.self.key",
                ".attention.self.value",
                ".attention.output.dense",
                ".attention.output.LayerNorm",
                ".intermediate.dense",
                ".output.dense",
                ".output.LayerNorm",
                ".attention.output",
                ".output",
                true);
    }

    /** How their configurations tell the sizes. */
    static Encoder.Sizes sizes(Config config) {
        return Encoder.Sizes.of(config, "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads");
    }

    /** What PEFT adapts in both. */
    static Targets targets() {
        return new Targets(List.of("query", "value"), List.of("key", "value", "output.dense"), List.of("output.dense"));
    }

    /** Refuses what either may be configured as and isn't here. */
    static void requireEncoder(Config config) {
        config.require("position_embedding_type", Set.of("absolute"), "absolute");
        config.require("is_decoder", Set.of("false"), "false");
        config.require("add_cross_attention", Set.of("false"), "false");
        config.require("tie_word_embeddings", Set.of("true"), "true");
        if (!config.block("pruned_heads").isEmpty()) {
            throw config.refuse("pruned_heads", "layers that lack some of their heads are not implemented");
        }
    }
}
