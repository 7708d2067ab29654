package dev.attune.trainer.model.arch;

import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Head;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.model.Task;
import java.util.List;

/** The heads of decoders, which are all alike: the vocabulary's, and {@code score} for a whole text. */
final class DecoderHead {

    private static final String SCORE = "score";

    private DecoderHead() {}

    /**
     * The head for a task.
     *
     * @param family what transformers' class names begin with
     * @param causal transformers' class for language modeling
     * @param vocabulary the module that scores tokens
     */
    static Head of(Config config, Task task, String family, String causal, String vocabulary, int hidden) {
        return switch (task.kind()) {
            case LANGUAGE_MODELING -> Head.linear(causal, vocabulary, List.of(), List.of());
            case CLASSIFICATION, TAGGING, REGRESSION ->
                Head.linear(
                        family + "ForSequenceClassification",
                        SCORE,
                        List.of(new Parameter(SCORE + ".weight", new Shape(task.outputs(), hidden), Role.LINEAR)),
                        List.of(SCORE));
            case QUESTION_ANSWERING ->
                throw config.refuse(
                        "model_type",
                        "a decoder doesn't see what follows a token, so it can't mark answers in a text: take an encoder,"
                                + " as BERT, or write the answers with objective: {instruction: {}}");
        };
    }
}
