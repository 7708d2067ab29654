package dev.attune.trainer.job;

import dev.attune.api.FineTuneJobStatus.Estimate;
import dev.attune.trainer.estimate.Change;
import dev.attune.trainer.estimate.Choice;
import dev.attune.trainer.estimate.Room;
import java.util.Optional;
import java.util.stream.Collectors;

/** The memory that a run will take by estimate, beside what there is. An estimate alone stops no run. */
record Forecast(Choice choice, Room room) {

    /** Examples computed at once. */
    int atOnce() {
        return choice.training().atOnce();
    }

    /** Whether it takes so much of what there is that it is worth a trial. */
    boolean isClose() {
        return peak() > room.planned() / 2;
    }

    /** For the status of the job. */
    Estimate told() {
        return new Estimate(
                Room.quantity(peak()),
                Room.quantity(room.bytes()),
                Room.quantity(choice.estimate().checkpointBytes()),
                advice().orElse(null));
    }

    private long peak() {
        return choice.estimate().memory().peak();
    }

    /** What to write where there is less than it takes. */
    Optional<String> warning() {
        return advice().map(advice -> "the run may end without memory: by estimate it takes %s, and %s has %s: %s"
                .formatted(Room.quantity(peak()), room.whose(), Room.quantity(room.bytes()), advice));
    }

    private Optional<String> advice() {
        if (peak() <= room.bytes()) {
            return Optional.empty();
        }
        var enough = choice.changes(room.bytes()).stream()
                .filter(change -> change.fits(room.bytes()))
                .map(Forecast::change)
                .collect(Collectors.joining(", or "));
        return Optional.of(
                enough.isEmpty()
                        ? "give the trainer more, or take a smaller model"
                        : "write %s, or give the trainer more".formatted(enough));
    }

    private static String change(Change change) {
        return "%s: %s (%s)"
                .formatted(
                        change.field(),
                        change.value(),
                        Room.quantity(change.estimate().memory().peak()));
    }
}
