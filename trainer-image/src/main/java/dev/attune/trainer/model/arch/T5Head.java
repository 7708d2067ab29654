package dev.attune.trainer.model.arch;

import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Head;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.tensor.Ops;
import java.util.List;
import java.util.stream.Stream;

/** T5's heads: its decoder's states are scored for the vocabulary, for a whole text, or as an answer's bounds. */
final class T5Head {

    /** The matrix that scores tokens, where it isn't the embeddings'. */
    static final String VOCABULARY = "lm_head";

    private static final String CLASSIFICATION = "classification_head";
    private static final String DENSE = CLASSIFICATION + ".dense";
    private static final String SCORES = CLASSIFICATION + ".out_proj";
    private static final String QA = "qa_outputs";

    private T5Head() {}

    /** Whether hidden states are scaled before tokens are scored; what transformers 4 told by tying the head. */
    static boolean scaled(Config config) {
        return config.flag("scale_decoder_outputs", config.flag("tie_word_embeddings", true));
    }

    /**
     * The head for a task.
     *
     * @param vocabulary the module that scores tokens
     */
    static Head of(Config config, Task task, String vocabulary, int hidden) {
        return switch (task.kind()) {
            case LANGUAGE_MODELING -> {
                var scale = scaled(config) ? Math.pow(hidden, -0.5) : 1;
                yield new Head(
                        "T5ForConditionalGeneration",
                        List.of(),
                        List.of(),
                        vocabulary,
                        (network, rows) -> network.linear(vocabulary, scale == 1 ? rows : Ops.scale(rows, scale)));
            }
            case CLASSIFICATION, TAGGING, REGRESSION ->
                new Head(
                        "T5ForSequenceClassification",
                        Stream.of(
                                        Parameter.linear(DENSE, hidden, hidden, true),
                                        Parameter.linear(SCORES, hidden, task.outputs(), true))
                                .flatMap(List::stream)
                                .toList(),
                        List.of(CLASSIFICATION),
                        SCORES,
                        (network, rows) -> network.linear(
                                SCORES, network.linear(DENSE, rows).tanh()));
            case QUESTION_ANSWERING ->
                Head.linear(
                        "T5ForQuestionAnswering", QA, Parameter.linear(QA, hidden, task.outputs(), true), List.of(QA));
        };
    }

    /** Whether a tensor belongs to any of them. */
    static boolean holds(String tensor) {
        return Stream.of(VOCABULARY, CLASSIFICATION, QA).anyMatch(head -> tensor.startsWith(head + "."));
    }
}
