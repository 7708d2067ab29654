package dev.attune.operator.decide;

import static dev.attune.api.FineTuneJobStatus.Phase.Failed;
import static dev.attune.api.FineTuneJobStatus.Phase.Preparing;
import static dev.attune.api.FineTuneJobStatus.Phase.Queued;
import static dev.attune.api.FineTuneJobStatus.Phase.Suspended;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What stops a trainer for a while: people, and queues. */
class SuspensionTest {

    @Test
    void suspendStopsTheTrainerAndResumeStartsTheNextAttempt() {
        var scene = Scene.begun().running(1);
        scene.step();

        var decision =
                scene.after(Duration.ofSeconds(100)).spec("suspend: true").step();
        assertThat(decision.delete()).containsExactly("tune-1");
        assertThat(scene.status().phase()).isEqualTo(Suspended);
        assertThat(scene.status().observedGeneration()).isEqualTo(2);
        assertThat(scene.condition("Suspended").getStatus()).isEqualTo("False");

        assertThat(scene.deleting(1).step().delete()).isEmpty();
        assertThat(scene.status().activeSeconds()).isEqualTo(100);

        scene.after(Duration.ofSeconds(30)).gone(1).step();
        assertThat(scene.condition("Suspended").getStatus()).isEqualTo("True");
        assertThat(scene.condition("Progressing").getStatus()).isEqualTo("False");
        assertThat(scene.status().activeSeconds()).isEqualTo(100);
        assertThat(scene.status().jobRef()).isNull();

        var resumed = scene.after(Duration.ofDays(1)).spec("suspend: false").step();
        assertThat(resumed.create())
                .hasValueSatisfying(
                        job -> assertThat(job.getMetadata().getName()).isEqualTo("tune-2"));
        assertThat(scene.condition("Suspended").getStatus()).isEqualTo("False");
    }

    @Test
    void resumeWaitsUntilTheSuspendedTrainerIsGone() {
        var scene = Scene.begun().running(1);
        scene.spec("suspend: true").step();
        scene.deleting(1).spec("suspend: false");

        assertThat(scene.step().create()).isEmpty();
        assertThat(scene.gone(1).step().create()).isPresent();
    }

    @Test
    void jobThatIsBornSuspendedStartsNothing() {
        var scene = Scene.of("suspend: true");

        assertThat(scene.step().create()).isEmpty();
        assertThat(scene.condition("Suspended").getStatus()).isEqualTo("True");
        assertThat(scene.status().attempts()).isNull();
    }

    @Test
    void failureWhileBeingSuspendedStillEndsTheJob() {
        var scene = Scene.begun().running(1).exited(1, 64).spec("suspend: true");
        scene.step();
        assertThat(scene.status().phase()).isEqualTo(Failed);
    }

    @Test
    void activeTimeOfEarlierAttemptsShortensTheDeadlineOfTheNext() {
        var scene = Scene.begun("activeDeadlineSeconds: 300");
        scene.running(1).after(Duration.ofSeconds(120)).exited(1, 143);
        var next = scene.step().create().orElseThrow();
        assertThat(next.getSpec().getActiveDeadlineSeconds()).isEqualTo(180);

        scene.after(Duration.ofHours(1))
                .running(2)
                .after(Duration.ofSeconds(200))
                .exited(2, 143);
        assertThat(scene.step().create()).isEmpty();
        assertThat(scene.condition("Failed").getReason()).isEqualTo("DeadlineExceeded");
        assertThat(scene.status().activeSeconds()).isEqualTo(320);
    }

    @Test
    void kueueHoldsTheJobAndItsTimeInTheQueueIsNotActive() {
        var scene = Scene.of().label("kueue.x-k8s.io/queue-name", "gpu");
        var created = scene.step().create().orElseThrow();
        assertThat(created.getSpec().getSuspend()).isTrue();
        assertThat(created.getMetadata().getLabels()).containsEntry("kueue.x-k8s.io/queue-name", "gpu");
        assertThat(scene.status().phase()).isEqualTo(Queued);
        assertThat(scene.condition("Progressing").getMessage()).contains("gpu");
        assertThat(scene.condition("Suspended").getStatus()).isEqualTo("False");

        scene.after(Duration.ofHours(2)).admitted(1).running(1).step();
        assertThat(scene.status().phase()).isEqualTo(Preparing);

        scene.after(Duration.ofSeconds(50)).exited(1, 143).step();
        assertThat(scene.status().activeSeconds()).isEqualTo(50);
    }
}
