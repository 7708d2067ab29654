package dev.attune.operator.decide;

import dev.attune.api.FineTuneJobStatus;
import dev.attune.operator.condition.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Optional;
import java.util.Set;

/**
 * A Kubernetes event about a job.
 *
 * @param type Normal or Warning
 * @param reason one CamelCase word
 * @param message one sentence
 * @param attempt number of the newest attempt; of a reason, an attempt has one event
 */
public record Note(String type, String reason, String message, int attempt) {

    /** Reasons of the ordinary course of an attempt, of which there is nothing to tell. */
    private static final Set<String> COURSE = Set.of("Starting", "Stopping", "Suspending");

    private static final Set<String> NORMAL =
            Set.of("Started", "Resumed", "Queued", "Suspended", "Succeeded", "WaitingForDependency");

    /** What is worth telling about the way from one status to the next: each new reason. */
    static Optional<Note> between(FineTuneJobStatus before, FineTuneJobStatus after) {
        var attempt = after.attempts() == null ? 0 : after.attempts();
        return Conditions.find(after, Conditions.READY)
                .filter(now -> !COURSE.contains(now.getReason()))
                .filter(now -> !now.getReason().equals(reason(before)))
                .map(now -> note(now, attempt));
    }

    private static String reason(FineTuneJobStatus status) {
        return Conditions.find(status, Conditions.READY)
                .map(Condition::getReason)
                .orElse("");
    }

    private static Note note(Condition now, int attempt) {
        var reason = !now.getReason().equals("Running") ? now.getReason() : attempt == 1 ? "Started" : "Resumed";
        return new Note(NORMAL.contains(reason) ? "Normal" : "Warning", reason, now.getMessage(), attempt);
    }
}
