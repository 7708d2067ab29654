package dev.attune.trainer.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;

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

    private static final String CLASSIFIER = "ForSequenceClassification";
    private static final String READER = "ForQuestionAnswering";

    /** The task that a model's configuration was written for. */
    public static Task of(Config config) {
        var modelClass = config.block("architectures").path(0).asText();
        if (modelClass.endsWith(READER)) {
            return new Task(Kind.QUESTION_ANSWERING, List.of());
        }
        if (!modelClass.endsWith(CLASSIFIER)) {
            return LANGUAGE_MODELING;
        }
        var labels = labels(config);
        return switch (config.text("problem_type", labels.size() == 1 ? "regression" : "")) {
            case "regression" -> new Task(Kind.REGRESSION, List.of());
            case "multi_label_classification" -> new Task(Kind.TAGGING, labels);
            default -> new Task(Kind.CLASSIFICATION, labels);
        };
    }

    private static List<String> labels(Config config) {
        var names = config.block("id2label");
        var count = names.isEmpty() ? config.integer("num_labels", 2) : names.size();
        return IntStream.range(0, count)
                .mapToObj(place -> names.path(Integer.toString(place)).asText("LABEL_" + place))
                .toList();
    }

    /** Writes into a configuration what transformers has to know of the task. */
    public void describe(ObjectNode config) {
        if (kind == Kind.LANGUAGE_MODELING || kind == Kind.QUESTION_ANSWERING) {
            config.remove(List.of("id2label", "label2id", "num_labels", "problem_type"));
            return;
        }
        config.put(
                "problem_type",
                switch (kind) {
                    case REGRESSION -> "regression";
                    case TAGGING -> "multi_label_classification";
                    default -> "single_label_classification";
                });
        config.put("num_labels", outputs());
        var names = config.putObject("id2label");
        var places = config.putObject("label2id");
        for (var place = 0; place < outputs(); place++) {
            var name = kind == Kind.REGRESSION ? "LABEL_0" : labels.get(place);
            names.put(Integer.toString(place), name);
            places.put(name, place);
        }
    }

    /** Whether its classes have names that mean something, rather than {@code LABEL_0} and so on. */
    public boolean named() {
        return IntStream.range(0, labels.size())
                .anyMatch(place -> !labels.get(place).equals("LABEL_" + place));
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
