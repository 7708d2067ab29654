package dev.attune.operator.decide;

import static java.util.function.Predicate.not;

import dev.attune.api.CountOrAuto;
import dev.attune.api.FineTuneJobSpec;
import dev.attune.api.Training;
import dev.attune.operator.desired.FailureRules;
import dev.attune.protocol.ExitCode;
import dev.attune.protocol.Report;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.Optional;

/**
 * How an attempt ended.
 *
 * @param kind what follows from it
 * @param reason one CamelCase word, for a condition
 * @param message what happened, and what to do about it
 */
record Ending(Kind kind, String reason, String message) {

    /** What follows from an attempt's end. */
    enum Kind {
        /** The result is written. */
        SUCCEEDED,
        /** The same recipe would end the same way. */
        HOPELESS,
        /** A new attempt may mend it; counts against backoffLimit. */
        FAILED,
        /** Nobody's fault: a new attempt goes on at once. */
        INTERRUPTED
    }

    /** Empty while the attempt goes on. */
    static Optional<Ending> of(Attempt attempt, FineTuneJobSpec spec) {
        return attempt.finish()
                .map(finish -> finish.getType().equals("Complete")
                        ? new Ending(Kind.SUCCEEDED, "Succeeded", succeeded(attempt))
                        : failed(attempt, finish, spec))
                .or(() -> attempt.deleted()
                        ? Optional.of(new Ending(Kind.INTERRUPTED, "JobDeleted", "its Job was deleted"))
                        : Optional.empty());
    }

    private static String succeeded(Attempt attempt) {
        return FinalReport.of(attempt).map(Report::result).isPresent()
                ? "the adapted model is written"
                : "the trainer ended well but left no readable report; the adapted model is at spec.output.to";
    }

    private static Ending failed(Attempt attempt, JobCondition finish, FineTuneJobSpec spec) {
        if ("DeadlineExceeded".equals(finish.getReason())) {
            return deadlineExceeded(spec);
        }
        if (attempt.terminated().map(ContainerStateTerminated::getReason).equals(Optional.of("OOMKilled"))) {
            return new Ending(Kind.HOPELESS, "OutOfMemory", outOfMemory(spec));
        }
        var failure = FinalReport.of(attempt).map(Report::failure);
        return switch (exit(attempt, finish)) {
            case INVALID ->
                new Ending(
                        Kind.HOPELESS,
                        failure.map(Report.Failure::reason).orElse("Invalid"),
                        failure.map(Report.Failure::message)
                                .orElse("the trainer refused the job; its log says why: kubectl logs job/"
                                        + name(attempt)));
            case OUT_OF_MEMORY -> new Ending(Kind.HOPELESS, "OutOfMemory", outOfMemory(spec));
            case INTERRUPTED -> new Ending(Kind.INTERRUPTED, "Interrupted", "it was evicted or told to stop");
            default ->
                new Ending(
                        Kind.FAILED,
                        failure.map(Report.Failure::reason).orElse("TrainerFailed"),
                        failure.map(Report.Failure::message).orElse(unexplained(attempt, finish)));
        };
    }

    static Ending deadlineExceeded(FineTuneJobSpec spec) {
        return new Ending(
                Kind.HOPELESS,
                "DeadlineExceeded",
                "the job was active for its activeDeadlineSeconds, " + spec.activeDeadlineSeconds()
                        + "; what it saved stays in its checkpoints: create a job with more of them and the same"
                        + " checkpoints.to to go on");
    }

    /** The exit status by the pod, while there is one; by the Job's condition after that. */
    private static ExitCode exit(Attempt attempt, JobCondition finish) {
        var byPod = attempt.terminated().map(end -> ExitCode.of(end.getExitCode()));
        if (byPod.equals(Optional.of(ExitCode.INVALID))) {
            return ExitCode.INVALID;
        }
        if (disrupted(attempt)) {
            return ExitCode.INTERRUPTED;
        }
        return byPod.or(() -> FailureRules.ending(finish.getMessage())).orElse(ExitCode.UNEXPECTED);
    }

    private static boolean disrupted(Attempt attempt) {
        return attempt.pod().stream()
                .filter(pod -> pod.getStatus() != null)
                .flatMap(pod -> pod.getStatus().getConditions().stream())
                .anyMatch(condition ->
                        condition.getType().equals("DisruptionTarget") && "True".equals(condition.getStatus()));
    }

    private static String outOfMemory(FineTuneJobSpec spec) {
        var limits = spec.trainer() == null || spec.trainer().resources() == null
                ? null
                : spec.trainer().resources().limits();
        var limit = limits == null ? null : limits.get("memory");
        return (limit == null
                        ? "the trainer ended because no memory was left to it: set"
                        : "the trainer ended because it needed more than its memory limit of " + limit + ": raise")
                + " trainer.resources.limits.memory, "
                + (told(spec)
                        ? "lower training.microBatchSize"
                        : "write a number as training.microBatchSize, for example 1")
                + (recomputes(spec) ? "" : ", set training.gradientCheckpointing: true")
                + ", lower training.sequenceLength"
                + (spec.method().full() == null ? "" : ", or use method: {lora: {}}");
    }

    /** Whether the micro-batch is a number. */
    private static boolean told(FineTuneJobSpec spec) {
        return Optional.ofNullable(spec.training())
                .map(Training::microBatchSize)
                .filter(not(CountOrAuto::automatic))
                .isPresent();
    }

    private static boolean recomputes(FineTuneJobSpec spec) {
        var lora = spec.method().lora();
        return lora != null && lora.quantization() != null
                || spec.training() != null
                        && Boolean.TRUE.equals(spec.training().gradientCheckpointing());
    }

    private static String unexplained(Attempt attempt, JobCondition finish) {
        return attempt.terminated()
                .map(end -> "the trainer ended with exit status " + end.getExitCode()
                        + "; its log says why: kubectl logs job/" + name(attempt))
                .orElse("its Job failed: " + finish.getMessage());
    }

    private static String name(Attempt attempt) {
        return attempt.job().getMetadata().getName();
    }
}
