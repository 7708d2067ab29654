package dev.attune.operator.decide;

import static dev.attune.operator.decide.Standing.failed;
import static dev.attune.operator.decide.Standing.progressing;

import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.operator.decide.Ending.Kind;
import dev.attune.operator.decide.Resolution.Found;
import dev.attune.operator.decide.Resolution.Hopeless;
import dev.attune.operator.decide.Resolution.Waiting;
import dev.attune.operator.desired.Inputs;
import dev.attune.operator.desired.TrainerDefaults;
import dev.attune.operator.desired.TrainerJob;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Decides what shall hold next of one job.
 *
 * @param defaults what the configuration says of every trainer
 * @param backOff how long to wait after a failure
 */
public record Decide(TrainerDefaults defaults, BackOff backOff) {

    /** Ended attempts whose Jobs, and so logs, are kept. */
    private static final int KEPT = 3;

    /** A pure function: the same observations at the same time give the same decision. */
    public Decision decide(Observed seen, Instant now) {
        if (seen.job().getMetadata().getDeletionTimestamp() != null) {
            return Decision.NOTHING;
        }
        var ledger = Ledger.of(seen);
        return decision(seen, now, ledger, step(seen, ledger, now));
    }

    /**
     * What shall hold when the API server refused the Job of a new attempt.
     *
     * @param forGood whether it would refuse it again whatever else changes
     */
    public Decision refused(Observed seen, Instant now, String message, boolean forGood) {
        var standing = forGood
                ? failed(
                        "InvalidTrainer",
                        "the trainer's Job was refused: " + message
                                + "; create a job with another name and a spec.trainer that mends it")
                : progressing(Phase.Pending, "JobRefused", "the trainer's Job was refused: " + message);
        return decision(
                seen, now, Ledger.of(seen), forGood ? Step.stop(standing) : Step.wait(standing, Waiting.UNWATCHED));
    }

    private Step step(Observed seen, Ledger ledger, Instant now) {
        var spec = seen.job().getSpec();
        var finished = Standing.finished(seen.status());
        if (finished.isPresent()) {
            return Step.stop(finished.get());
        }
        var ending = seen.newest().flatMap(newest -> Ending.of(newest, spec));
        var over = ending.flatMap(end -> over(end, ledger, spec.backoffLimit()));
        if (over.isPresent()) {
            return Step.stop(over.get());
        }
        var occupied = seen.attempts().stream().filter(Attempt::occupied).reduce((older, newer) -> newer);
        if (Boolean.TRUE.equals(spec.suspend())) {
            return suspended(occupied);
        }
        if (occupied.isPresent()) {
            return Step.to(
                    occupied.get().alive()
                            ? Course.of(occupied.get(), seen.status())
                            : stopping(Phase.Pending, "Stopping", occupied.get()));
        }
        var resolution = Resolution.of(seen);
        if (resolution instanceof Hopeless hopeless) {
            return Step.stop(failed(hopeless.reason(), hopeless.message()));
        }
        if (resolution instanceof Waiting waiting) {
            return Step.wait(progressing(Phase.Pending, waiting.reason(), waiting.message()), waiting.again());
        }
        return next(seen, ledger, ending, ((Found) resolution).inputs(), now);
    }

    /** The end of the job, where an attempt's end is that. */
    private static Optional<Standing> over(Ending end, Ledger ledger, Integer backoffLimit) {
        var limit = backoffLimit == null ? 0 : backoffLimit;
        return switch (end.kind()) {
            case SUCCEEDED ->
                Optional.of(new Standing(Standing.Kind.COMPLETE, Phase.Succeeded, end.reason(), end.message()));
            case HOPELESS -> Optional.of(failed(end.reason(), end.message()));
            case FAILED ->
                ledger.failures() > limit
                        ? Optional.of(failed(
                                "BackoffLimitExceeded",
                                "attempt " + ledger.attempts() + " failed, and backoffLimit is " + limit + ": "
                                        + end.reason() + ": " + end.message()))
                        : Optional.empty();
            case INTERRUPTED -> Optional.empty();
        };
    }

    private static Step suspended(Optional<Attempt> occupied) {
        if (occupied.isEmpty()) {
            return Step.stop(new Standing(
                    Standing.Kind.SUSPENDED,
                    Phase.Suspended,
                    "Suspended",
                    "suspended by spec.suspend; set it to false to go on from the newest checkpoint"));
        }
        return Step.stop(stopping(Phase.Suspended, "Suspending", occupied.get()));
    }

    private static Standing stopping(Phase phase, String reason, Attempt attempt) {
        var whose = attempt.number() == Attempt.LEFT_OVER
                ? "of an earlier FineTuneJob of this name"
                : "of attempt " + attempt.number();
        return progressing(phase, reason, "the trainer " + whose + " saves a checkpoint and stops");
    }

    private Step next(Observed seen, Ledger ledger, Optional<Ending> ending, Inputs inputs, Instant now) {
        var deadline = seen.job().getSpec().activeDeadlineSeconds();
        var left = deadline == null ? OptionalLong.empty() : OptionalLong.of(deadline - ledger.activeSeconds());
        if (left.isPresent() && left.getAsLong() <= 0) {
            var end = Ending.deadlineExceeded(seen.job().getSpec());
            return Step.stop(failed(end.reason(), end.message()));
        }
        var number = ledger.attempts() + 1;
        var failure = ending.filter(end -> end.kind() == Kind.FAILED);
        if (failure.isPresent()) {
            var start = seen.newest().flatMap(Attempt::ended).orElse(now).plus(backOff.after(ledger.failures()));
            if (now.isBefore(start)) {
                return Step.wait(
                        progressing(
                                Phase.Pending,
                                "Retrying",
                                "attempt " + ledger.attempts() + " failed ("
                                        + failure.get().reason() + ": "
                                        + failure.get().message() + "); attempt " + number + " starts at "
                                        + start.truncatedTo(ChronoUnit.SECONDS)),
                        Duration.between(now, start));
            }
        }
        var job = TrainerJob.of(seen.job(), number, inputs, left, defaults);
        return Step.start(Course.of(new Attempt(number, job, List.of()), seen.status()), job, inputs);
    }

    private static Decision decision(Observed seen, Instant now, Ledger before, Step step) {
        var ledger = step.create()
                .map(job -> before.started(job.getMetadata().getName()))
                .orElse(before);
        var known = seen.status();
        var wanted = OwnStatus.of(seen, ledger, step, now);
        var left = timeToLive(seen, wanted, now);
        return new Decision(
                OwnStatus.differs(wanted, known) ? Optional.of(wanted) : Optional.empty(),
                step.create(),
                deletions(seen, step.stop()),
                Note.between(known, wanted),
                seen.newest().flatMap(FinalReport::of).filter(report -> report.newerThan(known.progress())),
                left.or(step::again),
                left.filter(time -> time.isZero() || time.isNegative()).isPresent());
    }

    /** Those that shall stop, and those that ended long ago. */
    private static List<String> deletions(Observed seen, boolean stop) {
        var alive = seen.attempts().stream().filter(attempt -> stop && attempt.alive());
        var ended = seen.attempts().stream()
                .filter(attempt -> attempt.finish().isPresent() && !attempt.deleted())
                .toList();
        var old = ended.stream().limit(Math.max(0, ended.size() - KEPT));
        return Stream.concat(alive, old)
                .map(attempt -> attempt.job().getMetadata().getName())
                .toList();
    }

    /** What is left of ttlSecondsAfterFinished; empty: the job isn't over, or stays. */
    private static Optional<Duration> timeToLive(Observed seen, FineTuneJobStatus wanted, Instant now) {
        return Optional.ofNullable(seen.job().getSpec().ttlSecondsAfterFinished())
                .filter(ttl -> wanted.completionTime() != null)
                .map(ttl -> Duration.between(
                        now, Instant.parse(wanted.completionTime()).plusSeconds(ttl)));
    }
}
