package dev.attune.operator.decide;

import static dev.attune.operator.decide.Standing.progressing;

import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.operator.desired.TrainerJob;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Optional;
import java.util.Set;

/** Where a job stands whose newest attempt goes on. */
final class Course {

    private static final Set<String> ORDINARY = Set.of("ContainerCreating", "PodInitializing");
    private static final Set<String> IMAGE =
            Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError");

    private Course() {}

    static Standing of(Attempt attempt, FineTuneJobStatus status) {
        if (attempt.queued()) {
            var queue = attempt.job().getMetadata().getLabels().get(TrainerJob.KUEUE_QUEUE);
            return progressing(
                    Phase.Queued,
                    "Queued",
                    "attempt " + attempt.number() + " waits for admission by queue '" + queue + "'");
        }
        return trouble(attempt)
                .orElseGet(() -> begun(attempt)
                        ? progressing(reported(attempt, status), "Running", "attempt " + attempt.number() + " runs")
                        : progressing(
                                reported(attempt, status), "Starting", "attempt " + attempt.number() + " starts"));
    }

    /** A trainer that has ended counts too: until its Job says how, the attempt goes on. */
    private static boolean begun(Attempt attempt) {
        return attempt.trainer()
                .filter(state -> state.getRunning() != null || state.getTerminated() != null)
                .isPresent();
    }

    /** Once the trainer has reported, the phase is its to tell, and so never goes back while a pod comes or goes. */
    private static Phase reported(Attempt attempt, FineTuneJobStatus status) {
        var heard = status.progress() != null
                && Integer.valueOf(attempt.number()).equals(status.progress().attempt());
        return heard ? null : Phase.Preparing;
    }

    private static Optional<Standing> trouble(Attempt attempt) {
        return attempt.trainer()
                .map(ContainerState::getWaiting)
                .filter(waiting -> waiting.getReason() != null && !ORDINARY.contains(waiting.getReason()))
                .map(waiting -> progressing(
                        Phase.Preparing,
                        IMAGE.contains(waiting.getReason()) ? "ImagePullFailed" : waiting.getReason(),
                        waiting.getMessage() == null ? waiting.getReason() : waiting.getMessage()))
                .or(() -> unschedulable(attempt));
    }

    private static Optional<Standing> unschedulable(Attempt attempt) {
        return attempt.pod()
                .map(Pod::getStatus)
                .flatMap(status -> status.getConditions().stream()
                        .filter(condition -> condition.getType().equals("PodScheduled"))
                        .filter(condition -> "Unschedulable".equals(condition.getReason()))
                        .findFirst())
                .map(PodCondition::getMessage)
                .map(message ->
                        progressing(Phase.Preparing, "Unschedulable", "no node takes the trainer's pod: " + message));
    }
}
