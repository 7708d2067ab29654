package dev.attune.operator.decide;

import static java.util.function.Predicate.isEqual;

import dev.attune.api.FineTuneJobStatus;
import dev.attune.operator.decide.Standing.Kind;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.List;
import java.util.Optional;

/**
 * The conditions of a job, all of them at all times, in terms that kstatus understands: Ready=False while something is still to
 * come, Stalled=True when nothing will.
 *
 * @param before the status until now, whose transition times stay where nothing changes
 * @param generation the generation of the spec that is spoken of
 * @param now RFC 3339
 */
record Conditions(FineTuneJobStatus before, Long generation, String now) {

    static final String READY = "Ready";
    static final String PROGRESSING = "Progressing";
    static final String SUSPENDED = "Suspended";
    static final String COMPLETE = "Complete";
    static final String FAILED = "Failed";
    static final String STALLED = "Stalled";
    private static final String FITS = "Fits";

    List<Condition> of(Standing standing) {
        var kind = standing.kind();
        return List.of(
                condition(READY, kind == Kind.COMPLETE, standing),
                condition(PROGRESSING, kind == Kind.PROGRESSING, standing),
                condition(SUSPENDED, kind == Kind.SUSPENDED, standing),
                condition(COMPLETE, kind == Kind.COMPLETE, standing),
                condition(FAILED, kind == Kind.FAILED, standing),
                condition(STALLED, kind == Kind.FAILED, standing));
    }

    /** Those of a status that are the reconciler's: whether a run fits is the trainer's to tell. */
    static List<Condition> own(FineTuneJobStatus status) {
        return status.conditions() == null
                ? null
                : status.conditions().stream()
                        .filter(condition -> !condition.getType().equals(FITS))
                        .toList();
    }

    static Optional<Condition> find(FineTuneJobStatus status, String type) {
        return status == null || status.conditions() == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(condition -> condition.getType().equals(type))
                        .findFirst();
    }

    static boolean isTrue(FineTuneJobStatus status, String type) {
        return find(status, type)
                .map(Condition::getStatus)
                .filter(isEqual("True"))
                .isPresent();
    }

    private Condition condition(String type, boolean holds, Standing standing) {
        var status = holds ? "True" : "False";
        var since = find(before, type)
                .filter(known -> known.getStatus().equals(status))
                .map(Condition::getLastTransitionTime)
                .orElse(now);
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withObservedGeneration(generation)
                .withReason(standing.reason())
                .withMessage(holds || type.equals(READY) ? standing.message() : "")
                .withLastTransitionTime(since)
                .build();
    }
}
