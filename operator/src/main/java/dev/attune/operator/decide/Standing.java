package dev.attune.operator.decide;

import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.operator.condition.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;

/**
 * Where a job stands, in one word and one sentence.
 *
 * @param kind what the conditions say
 * @param phase what people read; null: what the trainer last reported
 * @param reason one CamelCase word
 * @param message what happens or is waited for, and what to do about it
 */
record Standing(Kind kind, Phase phase, String reason, String message) {

    enum Kind {
        PROGRESSING,
        SUSPENDED,
        COMPLETE,
        FAILED
    }

    static Standing progressing(Phase phase, String reason, String message) {
        return new Standing(Kind.PROGRESSING, phase, reason, message);
    }

    static Standing failed(String reason, String message) {
        return new Standing(Kind.FAILED, Phase.Failed, reason, message);
    }

    /** Empty unless the status says that the job is over, which it stays. */
    static Optional<Standing> finished(FineTuneJobStatus status) {
        if (Conditions.isTrue(status, Conditions.COMPLETE)) {
            return Optional.of(again(status, Kind.COMPLETE, Phase.Succeeded));
        }
        if (Conditions.isTrue(status, Conditions.FAILED)) {
            return Optional.of(again(status, Kind.FAILED, Phase.Failed));
        }
        return Optional.empty();
    }

    private static Standing again(FineTuneJobStatus status, Kind kind, Phase phase) {
        var ready = Conditions.find(status, Conditions.READY);
        return new Standing(
                kind,
                phase,
                ready.map(Condition::getReason).orElse(phase.name()),
                ready.map(Condition::getMessage).orElse(""));
    }

    /**
     * All of the reconciler's conditions, at all times, in terms that kstatus understands: Ready=False while something is still
     * to come, Stalled=True when nothing will.
     */
    List<Condition> conditions(Conditions made) {
        return List.of(
                made.of(Conditions.READY, kind == Kind.COMPLETE, reason, message),
                condition(made, Conditions.PROGRESSING, Kind.PROGRESSING),
                condition(made, Conditions.SUSPENDED, Kind.SUSPENDED),
                condition(made, Conditions.COMPLETE, Kind.COMPLETE),
                condition(made, Conditions.FAILED, Kind.FAILED),
                condition(made, Conditions.STALLED, Kind.FAILED));
    }

    private Condition condition(Conditions made, String type, Kind holding) {
        return made.of(type, kind == holding, reason, kind == holding ? message : "");
    }

    /** Whether the job is over, well or not. */
    boolean over() {
        return kind == Kind.COMPLETE || kind == Kind.FAILED;
    }
}
