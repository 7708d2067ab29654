package dev.attune.trainer.sink;

import dev.attune.api.FineTuneJobStatus.Checkpoint;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.DataRead;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Failed;
import dev.attune.trainer.event.Event.Interrupted;
import dev.attune.trainer.event.Event.Merged;
import dev.attune.trainer.event.Event.Saved;
import dev.attune.trainer.event.Event.Started;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Succeeded;
import dev.attune.trainer.event.Event.Warned;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** All that is told of a run so far, of earlier attempts as well; about 60 bytes a step. */
public final class History {

    private final List<Stepped> steps = new ArrayList<>();
    private final List<Evaluated> evaluations = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final BeforeAndAfter changes = new BeforeAndAfter();
    private List<Checkpoint> checkpoints = List.of();
    private Started started;
    private DataRead data;
    private Merged merged;
    private Event end;

    /** Takes the next event of the run. */
    public void add(Event event) {
        changes.add(event);
        record(event);
    }

    private void record(Event event) {
        if (event instanceof Started next) {
            started = next;
            next.history().forEach(this::record);
        } else if (event instanceof DataRead next) {
            data = next;
        } else if (event instanceof Stepped next) {
            steps.add(next);
        } else if (event instanceof Evaluated next) {
            evaluations.add(next);
        } else if (event instanceof Saved next) {
            checkpoints = List.copyOf(next.kept());
        } else if (event instanceof Merged next) {
            merged = next;
        } else if (event instanceof Warned next) {
            warnings.add(next.message());
        } else if (event instanceof Succeeded || event instanceof Failed || event instanceof Interrupted) {
            end = event;
        }
    }

    public List<Stepped> steps() {
        return Collections.unmodifiableList(steps);
    }

    public Optional<Stepped> lastStep() {
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
    }

    public List<Evaluated> evaluations() {
        return Collections.unmodifiableList(evaluations);
    }

    public List<String> warnings() {
        return Collections.unmodifiableList(warnings);
    }

    public BeforeAndAfter changes() {
        return changes;
    }

    /** Those that are kept, oldest first. */
    public List<Checkpoint> checkpoints() {
        return checkpoints;
    }

    public Optional<Started> started() {
        return Optional.ofNullable(started);
    }

    public Optional<DataRead> data() {
        return Optional.ofNullable(data);
    }

    /** How well what was learnt was folded into the model, where it was. */
    public Optional<Merged> merged() {
        return Optional.ofNullable(merged);
    }

    /** The last event, a Succeeded, Failed or Interrupted; empty while the run goes on. */
    public Optional<Event> end() {
        return Optional.ofNullable(end);
    }

    /** Time that the steps took, in seconds; one that earlier attempts left untold counts as the next one told. */
    public double seconds() {
        var seconds = 0.0;
        var before = 0;
        for (var step : steps) {
            seconds += step.seconds() * (step.step() - before);
            before = step.step();
        }
        return seconds;
    }
}
