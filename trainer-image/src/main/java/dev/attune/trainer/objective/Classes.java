package dev.attune.trainer.objective;

import dev.attune.api.Objective.Classification;
import dev.attune.schema.Suggestions;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Labels;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.Task.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Finds out which classes there are: the model's, where it is a classifier, else the manifest's, else the data's. */
final class Classes {

    private static final String FIELD = "spec.objective.classification.";

    private Classes() {}

    /**
     * The objective of a manifest.
     *
     * @param known the task that the model was made for
     */
    static Objective of(Classification spec, List<DataFile> train, Task known) {
        var several = Boolean.TRUE.equals(spec.multiLabel());
        var labels = labels(spec, train, several, known);
        var task = new Task(several ? Kind.TAGGING : Kind.CLASSIFICATION, labels);
        var weights = weights(spec, labels);
        return several
                ? new Tagging(task, weights)
                : new dev.attune.trainer.objective.Classification(
                        task, weights, spec.labelSmoothing() == null ? 0 : spec.labelSmoothing());
    }

    private static List<String> labels(Classification spec, List<DataFile> train, boolean several, Task known) {
        var asked = spec.labels();
        if (known.kind() == Kind.REGRESSION) {
            throw TrainerFailure.invalidManifest(
                    "spec.model.from: the model gives a number, it is no classifier: start from the one that it was made from, or use objective: {regression: {}}");
        }
        if (known.kind() != Kind.CLASSIFICATION && known.kind() != Kind.TAGGING) {
            return asked == null ? Labels.of(train, several).names() : used(asked, train, several);
        }
        if (known.named() && (asked == null || Set.copyOf(asked).equals(Set.copyOf(known.labels())))) {
            return known.labels();
        }
        var labels = asked == null ? Labels.of(train, several).names() : asked;
        if (known.named() || labels.size() != known.labels().size()) {
            throw TrainerFailure.invalidManifest(
                    "%slabels: the model is a classifier and tells %s, not %s: leave labels out to keep them, or start from the model that it was made from"
                            .formatted(FIELD, String.join(", ", known.labels()), String.join(", ", labels)));
        }
        return labels;
    }

    /** Refuses a label that no record has: it could never be learnt. Records with another label are told by their place. */
    private static List<String> used(List<String> asked, List<DataFile> train, boolean several) {
        var found = Labels.found(train, several);
        asked.stream()
                .filter(label -> !found.contains(label) && asked.containsAll(found))
                .findFirst()
                .ifPresent(label -> {
                    throw TrainerFailure.invalidManifest(
                            "%slabels: no record of data.train has the label '%s' (%s): leave it out, or add records of it"
                                    .formatted(
                                            FIELD,
                                            label,
                                            found.isEmpty()
                                                    ? "they have none"
                                                    : "they have " + String.join(", ", found)));
                });
        return asked;
    }

    private static float[] weights(Classification spec, List<String> labels) {
        var weights = new float[labels.size()];
        Arrays.fill(weights, 1);
        if (spec.classWeights() != null) {
            spec.classWeights().forEach((label, weight) -> {
                var place = labels.indexOf(label);
                if (place < 0) {
                    throw TrainerFailure.invalidManifest("%sclassWeights: there is no label '%s'%s (%s)"
                            .formatted(FIELD, label, Suggestions.didYouMean(label, labels), String.join(", ", labels)));
                }
                weights[place] = weight.floatValue();
            });
        }
        return weights;
    }
}
