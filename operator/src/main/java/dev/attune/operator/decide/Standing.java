package dev.attune.operator.decide;

import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Phase;
import io.fabric8.kubernetes.api.model.Condition;
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

    /** Whether the job is over, well or not. */
    boolean over() {
        return kind == Kind.COMPLETE || kind == Kind.FAILED;
    }
}
