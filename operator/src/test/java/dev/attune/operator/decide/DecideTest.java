package dev.attune.operator.decide;

import static dev.attune.api.FineTuneJobStatus.Phase.Evaluating;
import static dev.attune.api.FineTuneJobStatus.Phase.Failed;
import static dev.attune.api.FineTuneJobStatus.Phase.Pending;
import static dev.attune.api.FineTuneJobStatus.Phase.Preparing;
import static dev.attune.api.FineTuneJobStatus.Phase.Succeeded;
import static dev.attune.api.FineTuneJobStatus.Phase.Training;
import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.FineTuneJobStatus.JobRef;
import dev.attune.api.FineTuneJobStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecideTest {

    private static final String REPORT = "{\"phase\":\"Failed\",\"progress\":{\"attempt\":1,\"sequence\":7},"
            + "\"failure\":{\"reason\":\"InvalidData\",\"message\":\"train.jsonl:3: no prompt\"}}";
    private static final String RESULT = "{\"phase\":\"Succeeded\",\"progress\":{\"attempt\":1,\"sequence\":9},"
            + "\"result\":{\"uri\":\"pvc://work/out\",\"form\":\"adapter\",\"digest\":\"sha256:00\"}}";

    /** What follows from how the first attempt ended. */
    static Stream<Arguments> endings() {
        return Stream.of(
                Arguments.of("the result is written", ended(0, "Completed", RESULT), Succeeded, "Succeeded", false),
                Arguments.of("no readable report", ended(0, "Completed", "{\"phase\""), Succeeded, "Succeeded", false),
                Arguments.of("invalid, said why", ended(64, "Error", REPORT), Failed, "InvalidData", false),
                Arguments.of("invalid, said nothing", ended(64, "Error", null), Failed, "Invalid", false),
                Arguments.of("out of memory", ended(137, "OOMKilled", null), Failed, "OutOfMemory", false),
                Arguments.of("no memory left to the trainer", ended(3, "Error", null), Failed, "OutOfMemory", false),
                Arguments.of("unexpected", ended(1, "Error", null), Pending, "Retrying", false),
                Arguments.of("unknown status", ended(42, "Error", null), Pending, "Retrying", false),
                Arguments.of("unavailable", ended(75, "Error", null), Pending, "Retrying", false),
                Arguments.of("killed, not for memory", ended(137, "Error", null), Pending, "Retrying", false),
                Arguments.of("interrupted", ended(143, "Error", null), Preparing, "Starting", true),
                Arguments.of("evicted", ended(1, "Error", null).disrupted(1), Preparing, "Starting", true),
                Arguments.of("invalid and evicted", ended(64, "Error", null).disrupted(1), Failed, "Invalid", false),
                Arguments.of("Job deleted", Scene.begun().running(1).gone(1), Preparing, "Starting", true),
                Arguments.of(
                        "pod gone, exit status in the Job",
                        gone("Container trainer for pod team/tune-1-abc failed with exit code 64 matching FailJob rule"
                                + " at index 0"),
                        Failed,
                        "Invalid",
                        false),
                Arguments.of(
                        "pod gone, interrupted",
                        gone("Container trainer for pod team/tune-1-abc failed with exit code 143 matching FailJob rule"
                                + " at index 1"),
                        Preparing,
                        "Starting",
                        true),
                Arguments.of(
                        "pod gone with its node",
                        gone("Pod team/tune-1-abc has condition DisruptionTarget matching FailJob rule at index 2"),
                        Preparing,
                        "Starting",
                        true),
                Arguments.of(
                        "pod gone, unavailable",
                        gone("Container trainer for pod team/tune-1-abc failed with exit code 75 matching FailJob rule"
                                + " at index 3"),
                        Pending,
                        "Retrying",
                        false),
                Arguments.of(
                        "deadline",
                        Scene.begun("activeDeadlineSeconds: 60")
                                .running(1)
                                .after(Duration.ofSeconds(61))
                                .podGone(1)
                                .finished(1, "Failed", "DeadlineExceeded", "Job was active longer"),
                        Failed,
                        "DeadlineExceeded",
                        false));
    }

    @ParameterizedTest(name = "{0}: {2}, {3}")
    @MethodSource("endings")
    void endOfAnAttemptDecidesWhatFollows(String name, Scene scene, Phase phase, String reason, boolean again) {
        var decision = scene.step();

        assertThat(scene.status().phase()).isEqualTo(phase);
        assertThat(scene.condition("Ready").getReason()).isEqualTo(reason);
        assertThat(scene.condition("Failed").getStatus()).isEqualTo(phase == Failed ? "True" : "False");
        assertThat(scene.condition("Complete").getStatus()).isEqualTo(phase == Succeeded ? "True" : "False");
        assertThat(decision.create().isPresent()).isEqualTo(again);
        assertThat(scene.status().failures()).isEqualTo(reason.equals("Retrying") ? 1 : 0);
    }

    @Test
    void newJobStartsItsFirstAttempt() {
        var scene = Scene.of();

        var decision = scene.step();

        assertThat(decision.create()).hasValueSatisfying(job -> {
            assertThat(job.getMetadata().getName()).isEqualTo("tune-1");
            assertThat(job.getSpec().getSuspend()).isNull();
        });
        assertThat(scene.status().phase()).isEqualTo(Preparing);
        assertThat(scene.status().attempts()).isEqualTo(1);
        assertThat(scene.status().jobRef()).isEqualTo(new JobRef("tune-1"));
        assertThat(scene.status().method()).isEqualTo("lora");
        assertThat(scene.condition("Ready").getStatus()).isEqualTo("False");
        assertThat(scene.condition("Progressing").getStatus()).isEqualTo("True");
        assertThat(scene.condition("Stalled").getStatus()).isEqualTo("False");
    }

    @Test
    void sameObservationsAskForNothingASecondTime() {
        var scene = Scene.begun().running(1);
        scene.step();

        var decision = scene.after(Duration.ofMinutes(1)).step();

        assertThat(decision.status()).isEmpty();
        assertThat(decision.create()).isEmpty();
        assertThat(decision.note()).isEmpty();
        assertThat(decision.again()).isEmpty();
    }

    @Test
    void transitionTimeStaysWhileTheStatusOfAConditionDoes() {
        var scene = Scene.begun();
        scene.after(Duration.ofMinutes(1)).running(1).step();

        assertThat(scene.condition("Ready").getReason()).isEqualTo("Running");
        assertThat(scene.condition("Ready").getLastTransitionTime()).isEqualTo(Scene.START.toString());
        assertThat(scene.condition("Ready").getObservedGeneration()).isEqualTo(1);
    }

    @Test
    void phaseIsTheTrainersFromItsFirstReportOn() {
        var scene = Scene.begun().running(1);
        scene.step();
        assertThat(scene.status().phase()).isEqualTo(Preparing);

        assertThat(scene.reported(1, Training).step().status()).isEmpty();
        assertThat(scene.reported(1, Evaluating).step().status()).isEmpty();
    }

    @Test
    void phaseStaysWhileAFinishedPodIsCollected() {
        var scene = Scene.begun().running(1).reported(1, Training);
        scene.step();

        assertThat(scene.terminated(1, 0, "Completed", RESULT).step().status()).isEmpty();
        assertThat(scene.status().phase()).isEqualTo(Training);
        scene.podGone(1).step();
        assertThat(scene.status().phase()).isEqualTo(Training);
    }

    @Test
    void reportOfAnEarlierAttemptTellsNothingOfThePhase() {
        var scene = Scene.begun().running(1).reported(1, Training).exited(1, 143);
        scene.step();

        scene.running(2).step();

        assertThat(scene.status().phase()).isEqualTo(Preparing);
    }

    @Test
    void resultComesFromTheTerminationMessageWithTheReport() {
        var scene = ended(0, "Completed", RESULT);

        var decision = scene.step();

        assertThat(scene.status().result().uri()).isEqualTo("pvc://work/out");
        assertThat(scene.status().completionTime()).isEqualTo(Scene.START.toString());
        assertThat(decision.report())
                .hasValueSatisfying(
                        report -> assertThat(report.progress().sequence()).isEqualTo(9));
        assertThat(scene.condition("Ready").getStatus()).isEqualTo("True");
        assertThat(scene.condition("Stalled").getStatus()).isEqualTo("False");
    }

    @Test
    void outOfMemoryNamesTheLimitAndWhatToLower() {
        var scene = Scene.begun(
                "trainer: {resources: {limits: {memory: 2Gi}}}",
                "method: {full: {}}",
                "training: {batchSize: 8, microBatchSize: 4}");
        scene.running(1).exited(1, 137, "OOMKilled", null).step();

        assertThat(scene.condition("Failed").getMessage())
                .contains(
                        "limit of 2Gi",
                        "trainer.resources.limits.memory",
                        "lower training.microBatchSize, set training.gradientCheckpointing: true, lower training.sequenceLength",
                        "lora");
        assertThat(scene.condition("Stalled").getStatus()).isEqualTo("True");
    }

    @Test
    void outOfMemoryByAnAutomaticMicroBatchAsksForANumber() {
        var scene = Scene.begun("training: {microBatchSize: auto}");
        scene.running(1).exited(1, 137, "OOMKilled", null).step();

        assertThat(scene.condition("Failed").getMessage()).contains("write a number as training.microBatchSize");
    }

    @ParameterizedTest
    @ValueSource(strings = {"training: {gradientCheckpointing: true}", "method: {lora: {quantization: nf4}}"})
    void outOfMemoryAsksForNoCheckpointingThatIsThere(String already) {
        var scene = Scene.begun(already);
        scene.running(1).exited(1, 137, "OOMKilled", null).step();

        assertThat(scene.condition("Failed").getMessage())
                .contains("lower training.sequenceLength")
                .doesNotContain("gradientCheckpointing");
    }

    @Test
    void failuresAreRetriedAfterADoublingBackOffUntilTheLimitIsSpent() {
        var scene = Scene.begun("backoffLimit: 2");
        for (var wait : List.of(10, 20)) {
            var attempt = scene.status().attempts();
            var waiting = scene.running(attempt).exited(attempt, 1).step();
            assertThat(waiting.again()).contains(Duration.ofSeconds(wait));
            assertThat(scene.status().failures()).isEqualTo(attempt);
            assertThat(scene.status().jobRef()).isNull();
            assertThat(scene.after(Duration.ofSeconds(wait - 1)).step().create())
                    .isEmpty();
            assertThat(scene.after(Duration.ofSeconds(1)).step().create()).isPresent();
        }

        scene.running(3).exited(3, 1).step();

        assertThat(scene.status().failures()).isEqualTo(3);
        assertThat(scene.condition("Failed").getReason()).isEqualTo("BackoffLimitExceeded");
        assertThat(scene.condition("Failed").getMessage()).contains("attempt 3", "backoffLimit is 2", "kubectl logs");
    }

    @Test
    void backOffHasALimit() {
        var backOff = new BackOff(Duration.ofSeconds(10), Duration.ofMinutes(5));
        assertThat(backOff.after(1)).isEqualTo(Duration.ofSeconds(10));
        assertThat(backOff.after(5)).isEqualTo(Duration.ofSeconds(160));
        assertThat(backOff.after(6)).isEqualTo(Duration.ofMinutes(5));
        assertThat(backOff.after(100)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void interruptionsDoNotCount() {
        var scene = Scene.begun("backoffLimit: 0");
        for (var attempt = 1; attempt <= 5; attempt++) {
            assertThat(scene.running(attempt).exited(attempt, 143).step().create())
                    .isPresent();
        }
        assertThat(scene.status().attempts()).isEqualTo(6);
        assertThat(scene.status().failures()).isZero();
    }

    @Test
    void jobsOfOldAttemptsAreDeletedButForThree() {
        var scene = Scene.begun();
        for (var attempt = 1; attempt <= 3; attempt++) {
            assertThat(scene.running(attempt).exited(attempt, 143).step().delete())
                    .isEmpty();
        }
        assertThat(scene.running(4).exited(4, 143).step().delete()).containsExactly("tune-1");
    }

    @Test
    void newAttemptWaitsUntilTheOldTrainerIsGone() {
        var scene = Scene.begun().running(1).jobGone(1);

        assertThat(scene.step().create()).isEmpty();
        assertThat(scene.condition("Ready").getReason()).isEqualTo("Stopping");

        assertThat(scene.gone(1).step().create())
                .hasValueSatisfying(
                        job -> assertThat(job.getMetadata().getName()).isEqualTo("tune-2"));
    }

    @Test
    void finishedJobStaysAsItIsUntilItsTimeIsOver() {
        var scene = ended(0, "Completed", RESULT).spec("ttlSecondsAfterFinished: 3600");
        var finished = scene.step();
        assertThat(finished.again()).contains(Duration.ofHours(1));
        assertThat(finished.expired()).isFalse();

        scene.gone(1).after(Duration.ofMinutes(59)).spec("ttlSecondsAfterFinished: 3600", "suspend: true");
        var later = scene.step();
        assertThat(later.create()).isEmpty();
        assertThat(later.expired()).isFalse();
        assertThat(scene.status().phase()).isEqualTo(Succeeded);
        assertThat(scene.status().result().uri()).isEqualTo("pvc://work/out");
        assertThat(scene.status().observedGeneration()).isEqualTo(3);

        assertThat(scene.after(Duration.ofMinutes(1)).step().expired()).isTrue();
    }

    @Test
    void statusThatLagsBehindTheJobsDoesNotStartASecondTrainer() {
        var scene = Scene.begun().running(1).exited(1, 1);
        scene.step();
        var before = scene.status();
        scene.after(Duration.ofSeconds(10)).step();

        scene.job.setStatus(before);
        var decision = scene.running(2).step();

        assertThat(decision.create()).isEmpty();
        assertThat(scene.status().attempts()).isEqualTo(2);
        assertThat(scene.status().failures()).isEqualTo(1);
    }

    @Test
    void leftOverPodsHoldThePlacesUntilTheyAreGone() {
        var scene = Scene.of().running(0);
        assertThat(scene.step().create()).isEmpty();
        assertThat(scene.gone(0).step().create())
                .hasValueSatisfying(
                        job -> assertThat(job.getMetadata().getName()).isEqualTo("tune-1"));
    }

    @Test
    void jobThatIsBeingDeletedIsLeftAlone() {
        var scene = Scene.of();
        scene.job.getMetadata().setDeletionTimestamp(Scene.START.toString());
        assertThat(scene.step()).isEqualTo(Decision.NOTHING);
    }

    @Test
    void eachNewReasonIsToldOnce() {
        var scene = Scene.of("backoffLimit: 1");
        assertThat(scene.step().note()).isEmpty();
        assertThat(scene.running(1).step().note()).hasValueSatisfying(note -> {
            assertThat(note.reason()).isEqualTo("Started");
            assertThat(note.type()).isEqualTo("Normal");
        });
        assertThat(scene.step().note()).isEmpty();
        assertThat(scene.exited(1, 1).step().note()).hasValueSatisfying(note -> {
            assertThat(note.reason()).isEqualTo("Retrying");
            assertThat(note.type()).isEqualTo("Warning");
        });
        scene.after(Duration.ofMinutes(1)).step();
        assertThat(scene.running(2).step().note().orElseThrow().reason()).isEqualTo("Resumed");
        assertThat(scene.exited(2, 0).step().note().orElseThrow().reason()).isEqualTo("Succeeded");
    }

    private static Scene ended(int code, String reason, String message) {
        return Scene.begun().running(1).exited(1, code, reason, message);
    }

    private static Scene gone(String message) {
        return Scene.begun().running(1).podGone(1).finished(1, "Failed", "PodFailurePolicy", message);
    }
}
