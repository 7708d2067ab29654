package dev.attune.cluster;

import dev.attune.api.FineTuneJobStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a status tells by its conditions. */
final class Told {

    private static final String READY = "Ready";

    private Told() {}

    static Predicate<FineTuneJobStatus> holds(String type) {
        return status -> conditions(status, type)
                .anyMatch(condition -> condition.getStatus().equals("True"));
    }

    static Predicate<FineTuneJobStatus> because(String reason) {
        return status -> reason(status).equals(reason);
    }

    static Predicate<FineTuneJobStatus> atStep(int step) {
        return status -> status.progress() != null
                && status.progress().step() != null
                && status.progress().step() >= step;
    }

    static String reason(FineTuneJobStatus status) {
        return of(status, READY, Condition::getReason);
    }

    static String message(FineTuneJobStatus status) {
        return message(status, READY);
    }

    static String message(FineTuneJobStatus status, String type) {
        return of(status, type, Condition::getMessage);
    }

    private static String of(FineTuneJobStatus status, String type, Function<Condition, String> part) {
        return conditions(status, type).map(part).findFirst().orElse("");
    }

    private static Stream<Condition> conditions(FineTuneJobStatus status, String type) {
        return status.conditions() == null
                ? Stream.empty()
                : status.conditions().stream()
                        .filter(condition -> condition.getType().equals(type));
    }
}
