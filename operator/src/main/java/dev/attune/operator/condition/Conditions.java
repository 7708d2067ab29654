package dev.attune.operator.condition;

import static java.util.function.Predicate.isEqual;

import dev.attune.api.FineTuneJobStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.Optional;

/**
 * Makes the conditions of a job, whose transition times stay where nothing changes.
 *
 * @param before the status until now; null: there is none
 * @param generation the generation of the spec that is spoken of
 * @param now RFC 3339
 */
public record Conditions(FineTuneJobStatus before, Long generation, String now) {

    public static final String READY = "Ready";
    public static final String PROGRESSING = "Progressing";
    public static final String SUSPENDED = "Suspended";
    public static final String COMPLETE = "Complete";
    public static final String FAILED = "Failed";
    public static final String STALLED = "Stalled";

    /** Whether a run takes no more memory than its container has; the trainer tells it, all others are the reconciler's. */
    public static final String FITS = "Fits";

    /** Whether a type's condition holds, with one CamelCase word and one sentence why. */
    public Condition of(String type, boolean holds, String reason, String message) {
        var status = holds ? "True" : "False";
        var since = find(before, type)
                .filter(known -> known.getStatus().equals(status))
                .map(Condition::getLastTransitionTime)
                .orElse(now);
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withObservedGeneration(generation)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(since)
                .build();
    }

    /** The condition of a type. */
    public static Optional<Condition> find(FineTuneJobStatus status, String type) {
        return status == null || status.conditions() == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(condition -> condition.getType().equals(type))
                        .findFirst();
    }

    /** Whether the condition of a type is there and holds. */
    public static boolean isTrue(FineTuneJobStatus status, String type) {
        return find(status, type)
                .map(Condition::getStatus)
                .filter(isEqual("True"))
                .isPresent();
    }
}
