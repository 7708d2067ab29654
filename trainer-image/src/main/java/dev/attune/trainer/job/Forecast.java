package dev.attune.trainer.job;

import dev.attune.api.FineTuneJobStatus;
import dev.attune.trainer.estimate.Change;
import dev.attune.trainer.estimate.Choice;
import dev.attune.trainer.estimate.Estimate;
import dev.attune.trainer.estimate.Room;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The memory that a run will take by estimate, beside what there is. An estimate alone stops no run.
 *
 * @param atOnce examples computed at once
 * @param advice what to write where there is less than it takes
 */
record Forecast(int atOnce, Estimate estimate, Room room, Optional<String> advice) {

    static Forecast of(Choice choice, Room room) {
        var estimate = choice.estimate();
        var fits = estimate.memory().peak() <= room.bytes();
        return new Forecast(
                choice.training().atOnce(),
                estimate,
                room,
                fits ? Optional.empty() : Optional.of(advice(choice, room)));
    }

    /** Whether it takes so much of what there is that it is worth a trial. */
    boolean isClose() {
        return peak() > room.planned() / 2;
    }

    /** For the status of the job. */
    FineTuneJobStatus.Estimate told() {
        return new FineTuneJobStatus.Estimate(
                Room.quantity(peak()),
                Room.quantity(room.bytes()),
                Room.quantity(estimate.checkpointBytes()),
                advice.orElse(null));
    }

    /** For people, where there is less than it takes. */
    Optional<String> warning() {
        return advice.map(what -> "the run may end without memory: by estimate it takes %s, and %s has %s: %s"
                .formatted(Room.quantity(peak()), room.whose(), Room.quantity(room.bytes()), what));
    }

    private long peak() {
        return estimate.memory().peak();
    }

    private static String advice(Choice choice, Room room) {
        var enough = choice.changes(room.bytes()).stream()
                .filter(change -> change.fits(room.bytes()))
                .map(Forecast::change)
                .collect(Collectors.joining(", or "));
        return enough.isEmpty()
                ? "give the trainer more, or take a smaller model"
                : "write %s, or give the trainer more".formatted(enough);
    }

    private static String change(Change change) {
        return "%s: %s (%s)"
                .formatted(
                        change.field(),
                        change.value(),
                        Room.quantity(change.estimate().memory().peak()));
    }
}
