package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.tensor.Ops;

/** RoBERTa (https://arxiv.org/abs/1907.11692): BERT whose positions count from behind the id of filling, with other heads. */
final class Roberta {

    private static final Encoder.Names NAMES = Bert.names("roberta");

    private Roberta() {}

    static Architecture of(Config config, Task task) {
        Bert.requireEncoder(config);
        var sizes = Bert.sizes(config);
        return new Encoder(
                NAMES,
                config.integer("vocab_size"),
                config.integer("max_position_embeddings", 512),
                config.integer("pad_token_id", 1),
                config.integer("type_vocab_size", 2),
                sizes,
                config.number("layer_norm_eps", 1e-12),
                config.number("initializer_range", 0.02),
                Activation.of(config, "hidden_act", "gelu"),
                Bert.targets(),
                head(config, task, sizes.hidden()));
    }

    private static EncoderHead head(Config config, Task task, int hidden) {
        return switch (task.kind()) {
            case LANGUAGE_MODELING ->
                EncoderHead.vocabulary(
                        "RobertaForMaskedLM",
                        new EncoderHead.Size(hidden, config.integer("vocab_size")),
                        "lm_head.dense",
                        Ops::gelu,
                        "lm_head.layer_norm",
                        config.number("layer_norm_eps", 1e-12),
                        NAMES.embeddings("word_embeddings"),
                        "lm_head.bias");
            case CLASSIFICATION, TAGGING, REGRESSION ->
                EncoderHead.text(
                        "RobertaForSequenceClassification",
                        new EncoderHead.Size(hidden, task.outputs()),
                        EncoderHead.TEXT + ".dense",
                        NDArray::tanh,
                        EncoderHead.TEXT + ".out_proj");
            case QUESTION_ANSWERING ->
                EncoderHead.answers("RobertaForQuestionAnswering", new EncoderHead.Size(hidden, task.outputs()));
        };
    }
}
