package dev.attune.operator.decide;

import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One attempt as the cluster shows it.
 *
 * @param number from 1, or {@link #LEFT_OVER}
 * @param job its Job; null: deleted, with pods left behind
 * @param pods its pods, oldest first; a Job has one, and a second when the first was deleted in its queue
 */
public record Attempt(int number, Job job, List<Pod> pods) {

    /** In place of a number: pods that an earlier FineTuneJob of the same name left. They hold places, and are no attempt. */
    public static final int LEFT_OVER = 0;

    private static final Set<String> TERMINAL = Set.of("Succeeded", "Failed");

    public Attempt {
        pods = pods.stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
                .toList();
    }

    /** Whether a trainer of this attempt may still write to its places. */
    public boolean occupied() {
        var unfinished = job != null && finish().isEmpty();
        return unfinished || pods.stream().anyMatch(pod -> !TERMINAL.contains(phase(pod)));
    }

    /** Whether the attempt may go on: nobody ended it and nobody is about to. */
    boolean alive() {
        return job != null && finish().isEmpty() && !deleted();
    }

    /** Whether somebody else (Kueue) holds the Job back. */
    boolean queued() {
        return Boolean.TRUE.equals(job.getSpec().getSuspend());
    }

    boolean deleted() {
        return job == null || job.getMetadata().getDeletionTimestamp() != null;
    }

    /** The Job's condition Complete or Failed. */
    public Optional<JobCondition> finish() {
        return job == null || job.getStatus() == null || job.getStatus().getConditions() == null
                ? Optional.empty()
                : job.getStatus().getConditions().stream()
                        .filter(condition -> "True".equals(condition.getStatus()))
                        .filter(condition -> Set.of("Complete", "Failed").contains(condition.getType()))
                        .findFirst();
    }

    Optional<Instant> started() {
        return job == null || job.getStatus() == null
                ? Optional.empty()
                : Optional.ofNullable(job.getStatus().getStartTime()).map(Instant::parse);
    }

    Optional<Instant> ended() {
        return finish().map(JobCondition::getLastTransitionTime)
                .or(() ->
                        Optional.ofNullable(job).map(left -> left.getMetadata().getDeletionTimestamp()))
                .map(Instant::parse);
    }

    /** Seconds between its start and its end; 0 while either is unknown. */
    long activeSeconds() {
        return started()
                .flatMap(start -> ended().map(end -> Duration.between(start, end)))
                .map(active -> Math.max(0, active.toSeconds()))
                .orElse(0L);
    }

    Optional<Pod> pod() {
        return pods.isEmpty() ? Optional.empty() : Optional.of(pods.get(pods.size() - 1));
    }

    Optional<ContainerState> trainer() {
        return pod().map(Pod::getStatus)
                .flatMap(status -> status.getContainerStatuses().stream()
                        .filter(container -> container.getName().equals(TrainerPod.CONTAINER))
                        .map(ContainerStatus::getState)
                        .filter(Objects::nonNull)
                        .findFirst());
    }

    public Optional<ContainerStateTerminated> terminated() {
        return trainer().map(ContainerState::getTerminated);
    }

    private static String phase(Pod pod) {
        return pod.getStatus() == null ? "" : String.valueOf(pod.getStatus().getPhase());
    }
}
