package dev.attune.trainer.sink;

import dev.attune.api.FineTuneJobStatus.Checkpoint;
import dev.attune.api.FineTuneJobStatus.Estimate;
import dev.attune.api.FineTuneJobStatus.Metric;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.api.FineTuneJobStatus.Progress;
import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.protocol.Report;
import dev.attune.protocol.Report.Failure;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.AlreadyDone;
import dev.attune.trainer.event.Event.Estimated;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Evaluating;
import dev.attune.trainer.event.Event.Failed;
import dev.attune.trainer.event.Event.Interrupted;
import dev.attune.trainer.event.Event.Preparing;
import dev.attune.trainer.event.Event.Saved;
import dev.attune.trainer.event.Event.Started;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Succeeded;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;

/**
 * What the events so far amount to. The same events give the same reports with the same sequence numbers, so that two
 * sinks which fold on their own never contradict each other.
 *
 * @param attempt number of the attempt, from 1
 * @param sequence number of the report; each has the next
 * @param at when the last event came
 * @param estimate what it will take; {@code null} while nobody knows
 * @param started what trains; {@code null} while the model is being loaded
 * @param last the newest step, of this attempt or of the one it goes on from; {@code null} before the first
 * @param pace how fast this attempt is
 */
record Reports(
        int attempt,
        long sequence,
        Instant at,
        Phase phase,
        Estimate estimate,
        Started started,
        Stepped last,
        Pace pace,
        List<Metric> metrics,
        List<Checkpoint> checkpoints,
        Result result,
        Failure failure) {

    /** An attempt of which nothing has been heard. */
    static Reports of(Attempt attempt) {
        return new Reports(
                attempt.number(),
                attempt.start().toEpochMilli(),
                attempt.start(),
                Phase.Preparing,
                null,
                null,
                null,
                Pace.UNKNOWN,
                List.of(),
                List.of(),
                null,
                null);
    }

    /** What is known after one more event; {@code this} when it tells nothing that a report holds. */
    Reports after(Event event, Instant now) {
        var phase = this.phase;
        var estimate = this.estimate;
        var started = this.started;
        var last = this.last;
        var pace = this.pace;
        var metrics = this.metrics;
        var checkpoints = this.checkpoints;
        var result = this.result;
        var failure = this.failure;
        if (event instanceof Preparing) {
            phase = Phase.Preparing;
        } else if (event instanceof Estimated told) {
            estimate = told.estimate();
        } else if (event instanceof Started begun) {
            var past = this;
            for (var earlier : begun.history()) {
                past = past.after(earlier, now);
            }
            phase = Phase.Training;
            started = begun;
            last = past.last;
            pace = past.pace.ofNewAttempt();
            metrics = past.metrics;
            checkpoints = past.checkpoints;
        } else if (event instanceof Stepped step) {
            phase = Phase.Training;
            last = step;
            pace = pace.after(step);
        } else if (event instanceof Evaluating) {
            phase = Phase.Evaluating;
        } else if (event instanceof Evaluated evaluated) {
            phase = started != null && evaluated.step() < started.totalSteps() ? Phase.Training : Phase.Evaluating;
            metrics = updated(metrics, evaluated);
        } else if (event instanceof Saved saved) {
            checkpoints = List.copyOf(saved.kept());
        } else if (event instanceof Succeeded succeeded) {
            phase = Phase.Succeeded;
            result = succeeded.result();
        } else if (event instanceof AlreadyDone done) {
            phase = Phase.Succeeded;
            result = done.result();
        } else if (event instanceof Failed failed) {
            phase = Phase.Failed;
            failure = failed.failure();
        } else if (!(event instanceof Interrupted)) {
            return this;
        }
        return new Reports(
                attempt,
                sequence + 1,
                now,
                phase,
                estimate,
                started,
                last,
                pace,
                metrics,
                checkpoints,
                result,
                failure);
    }

    /** Whether this is worth telling at once: it holds more than another step. */
    boolean moreThanAStepAfter(Reports earlier) {
        return phase != earlier.phase
                || estimate != earlier.estimate
                || pace.known() != earlier.pace.known()
                || !checkpoints.equals(earlier.checkpoints)
                || !metrics.equals(earlier.metrics);
    }

    /** The whole of it, as the operator takes it. */
    Report report() {
        return new Report(
                phase,
                started == null ? null : started.trainer(),
                estimate,
                progress(),
                metrics,
                checkpoints,
                result,
                failure);
    }

    private Progress progress() {
        var updatedAt = at.truncatedTo(ChronoUnit.SECONDS).toString();
        if (started == null) {
            return new Progress(
                    attempt, sequence, null, null, null, null, null, null, null, null, null, null, null, updatedAt);
        }
        var total = started.totalSteps();
        int step = last == null ? Objects.requireNonNullElse(started.trainer().resumedFrom(), 0) : last.step();
        var ended = phase == Phase.Succeeded || phase == Phase.Failed;
        return new Progress(
                attempt,
                sequence,
                step,
                total,
                step + "/" + total,
                last == null ? null : Figures.decimal(last.epoch()),
                total == 0 ? null : (int) (100L * step / total),
                last == null ? null : last.tokens(),
                pace.known() ? pace.tokensPerSecond() : null,
                last == null ? null : Figures.decimal(last.loss()),
                last == null ? null : Figures.decimal(last.learningRate()),
                last == null ? null : Figures.decimal(last.gradientNorm()),
                pace.known() && !ended ? Figures.duration(pace.timeFor(total - step)) : null,
                updatedAt);
    }

    private static List<Metric> updated(List<Metric> known, Evaluated evaluated) {
        var byName = new LinkedHashMap<String, Metric>();
        known.forEach(metric -> byName.put(metric.name(), metric));
        evaluated.metrics().forEach((name, value) -> {
            var decimal = Figures.decimal(value);
            var before = byName.get(name);
            var baseline = evaluated.step() == 0 ? decimal : before == null ? null : before.baseline();
            byName.put(name, new Metric(name, decimal, baseline, evaluated.step()));
        });
        return List.copyOf(byName.values());
    }
}
