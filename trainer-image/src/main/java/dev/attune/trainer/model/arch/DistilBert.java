package dev.attune.trainer.model.arch;

import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Targets;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.tensor.Ops;
import java.util.List;
import java.util.Set;

/** DistilBERT (https://arxiv.org/abs/1910.01108): BERT without segments, under other names. */
final class DistilBert {

    /** Not configurable. */
    private static final double EPSILON = 1e-12;

    private static final Encoder.Names NAMES = new Encoder.Names(
            "distilbert",
            "transformer.layer",
            ".attention",
            ".attention.q_lin",
            ".attention.k_lin",
            ".attention.v_lin",
            ".attention.out_lin",
            ".sa_layer_norm",
            ".ffn.lin1",
            ".ffn.lin2",
            ".output_layer_norm",
            ".attention_adapters",
            ".output_adapters",
            false);

    /** PEFT has no choice of its own for DistilBERT; these are the counterparts of what it adapts in BERT. */
    private static final Targets TARGETS = new Targets(
            List.of("q_lin", "v_lin"), List.of("k_lin", "v_lin", "out_lin", "lin2"), List.of("out_lin", "lin2"));

    private DistilBert() {}

    static Architecture of(Config config, Task task) {
        config.require("tie_word_embeddings", Set.of("true"), "true");
        var sizes = Encoder.Sizes.of(config, "dim", "hidden_dim", "n_layers", "n_heads");
        return new Encoder(
                NAMES,
                config.integer("vocab_size"),
                config.integer("max_position_embeddings", 512),
                -1,
                0,
                sizes,
                EPSILON,
                config.number("initializer_range", 0.02),
                Activation.of(config, "activation", "gelu"),
                TARGETS,
                head(config, task, sizes.hidden()));
    }

    private static EncoderHead head(Config config, Task task, int hidden) {
        return switch (task.kind()) {
            case LANGUAGE_MODELING ->
                EncoderHead.vocabulary(
                        "DistilBertForMaskedLM",
                        new EncoderHead.Size(hidden, config.integer("vocab_size")),
                        "vocab_transform",
                        Activation.of(config, "activation", "gelu"),
                        "vocab_layer_norm",
                        EPSILON,
                        NAMES.embeddings("word_embeddings"),
                        "vocab_projector.bias");
            case CLASSIFICATION, TAGGING, REGRESSION ->
                EncoderHead.text(
                        "DistilBertForSequenceClassification",
                        new EncoderHead.Size(hidden, task.outputs()),
                        "pre_classifier",
                        Ops::relu,
                        EncoderHead.TEXT);
            case QUESTION_ANSWERING ->
                EncoderHead.answers("DistilBertForQuestionAnswering", new EncoderHead.Size(hidden, task.outputs()));
        };
    }
}
