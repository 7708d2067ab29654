package dev.attune.trainer.model;

import java.util.List;

/**
 * What a model is asked for, which decides its head.
 *
 * @param labels names of the classes; empty where there are none
 */
public record Task(Kind kind, List<String> labels) {

    /** What a head gives. */
    public enum Kind {
        /** A score for every token of the vocabulary. */
        LANGUAGE_MODELING,
        /** A score for each class, one of which is right. */
        CLASSIFICATION,
        /** A score for each class, of which several or none may be right. */
        TAGGING,
        /** A number. */
        REGRESSION,
        /** Two scores for every token: that the answer begins, and that it ends there. */
        QUESTION_ANSWERING
    }

    /** Prediction of tokens. */
    public static final Task LANGUAGE_MODELING = new Task(Kind.LANGUAGE_MODELING, List.of());

    /** How many numbers the head gives for what it reads; of language modeling it is the vocabulary that decides. */
    public int outputs() {
        return switch (kind) {
            case LANGUAGE_MODELING -> 0;
            case CLASSIFICATION, TAGGING -> labels.size();
            case REGRESSION -> 1;
            case QUESTION_ANSWERING -> 2;
        };
    }

    /** Whether it is answered once for a text: the head reads one row of its hidden states. */
    public boolean ofWholeText() {
        return kind == Kind.CLASSIFICATION || kind == Kind.TAGGING || kind == Kind.REGRESSION;
    }
}
