package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Phase;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Whatever stops a trainer or the operator, training goes on where it was. */
@OnCluster
class ResumeIT {

    private static final int STEPS = 2000;
    private static final int SOME = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Test
    void suspendedJobFreesItsPodAndGoesOnFromItsCheckpoint(Space space) {
        start(space, "paused");
        space.patch("paused", "{suspend: true}");
        var suspended = space.await("paused", "suspension", PATIENCE, Told.holds("Suspended"));
        assertThat(suspended.phase()).isEqualTo(Phase.Suspended);
        Awaitility.await("the pod to go").until(() -> space.trainers("paused").isEmpty());

        space.patch("paused", "{suspend: false}");
        finishesOnceFromACheckpoint(space, "paused");
    }

    @Test
    void deletedPodIsFollowedByAnAttemptThatGoesOn(Space space) {
        start(space, "evicted");
        space.kubectl("delete", "pod", "--selector=attune.dev/job=evicted", "--wait=false")
                .output();
        var finished = finishesOnceFromACheckpoint(space, "evicted");
        assertThat(finished.failures()).as("a deleted pod is nobody's failure").isZero();
    }

    @Test
    void killedTrainerGoesOnFromItsLastCheckpoint(Space space) {
        start(space, "killed");
        space.kubectl("delete", "pod", "--selector=attune.dev/job=killed", "--grace-period=0", "--force")
                .output();
        finishesOnceFromACheckpoint(space, "killed");
    }

    @Test
    void operatorsDeathLosesAndDoublesNothing(Cluster cluster, Space space) {
        start(space, "orphan");
        cluster.kubectl("delete", "pod", "--selector=app.kubernetes.io/component=operator", "--wait=false")
                .with("--namespace", Attune.NAMESPACE)
                .output();
        var finished = space.await("orphan", "the end", PATIENCE, Told.holds("Complete"));
        assertThat(finished.attempts()).isEqualTo(1);
        assertThat(finished.progress().step()).isEqualTo(STEPS);
        assertThat(finished.checkpoints()).isNotEmpty();
        assertThat(space.attempts("orphan")).hasSize(1);
        assertThat(space.trainers("orphan")).hasSize(1);
    }

    /** A job that trains, with steps behind it and a checkpoint to go back to. */
    private static void start(Space space, String name) {
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named(name).steps(STEPS).toString());
        Predicate<FineTuneJobStatus> saved =
                status -> status.checkpoints() != null && !status.checkpoints().isEmpty();
        space.await(name, "a checkpoint", PATIENCE, Told.atStep(SOME).and(saved));
    }

    private static FineTuneJobStatus finishesOnceFromACheckpoint(Space space, String name) {
        var finished = space.await(name, "the end", PATIENCE, Told.holds("Complete"));
        assertThat(finished.trainer().resumedFrom()).isGreaterThan(0);
        assertThat(finished.progress().step()).isEqualTo(STEPS);
        assertThat(finished.attempts()).isEqualTo(2);
        assertThat(space.attempts(name).stream().filter(ResumeIT::succeeded)).hasSize(1);
        return finished;
    }

    private static boolean succeeded(Job attempt) {
        return Integer.valueOf(1).equals(attempt.getStatus().getSucceeded());
    }
}
