package dev.attune.operator.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.operator.cluster.MockCluster;
import dev.attune.operator.report.Applier.Outcome;
import dev.attune.protocol.Report;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApplierTest {

    private final MockCluster cluster = new MockCluster();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private KubernetesClient client;
    private Applier applier;

    @BeforeEach
    void start() {
        cluster.start();
        client = cluster.client();
        applier = new Applier(client, meters, () -> now);
        var job = new FineTuneJob();
        job.setMetadata(
                new ObjectMetaBuilder().withNamespace("team").withName("tune").build());
        client.resource(job).create();
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    @Test
    void newerReportIsApplied() {
        assertThat(apply(report(1, 3, "Training"))).isEqualTo(Outcome.APPLIED);
        assertThat(apply(report(1, 4, "Training"))).isEqualTo(Outcome.APPLIED);
        assertThat(apply(report(2, 1, "Training"))).isEqualTo(Outcome.APPLIED);

        assertThat(status().progress().attempt()).isEqualTo(2);
        assertThat(status().metric()).isEqualTo("accuracy 0.91 (from 0.52)");
        assertThat(meters.counter("attune.reports", "outcome", "applied").count())
                .isEqualTo(3);
    }

    @Test
    void lateAndRepeatedReportsChangeNothing() {
        apply(report(2, 5, "Training"));
        var version = version();

        assertThat(apply(report(2, 5, "Training"))).isEqualTo(Outcome.LATE);
        assertThat(apply(report(2, 4, "Training"))).isEqualTo(Outcome.LATE);
        assertThat(apply(report(1, 900, "Training"))).isEqualTo(Outcome.LATE);

        assertThat(version()).isEqualTo(version);
    }

    @Test
    void operatorsFieldsStay() {
        operatorSays("phase: Preparing\nattempts: 1\nmethod: lora");
        apply(report(1, 1, "Training"));

        assertThat(status().attempts()).isEqualTo(1);
        assertThat(status().method()).isEqualTo("lora");
        assertThat(status().phase()).isEqualTo(Phase.Training);
    }

    @Test
    void phaseIsToldOnlyWhileTheTrainerRuns() {
        operatorSays("phase: Suspended");
        apply(report(1, 1, "Training"));
        assertThat(status().phase()).isEqualTo(Phase.Suspended);

        operatorSays("phase: Preparing");
        apply(report(1, 2, "Evaluating"));
        assertThat(status().phase()).isEqualTo(Phase.Evaluating);

        apply(report(1, 3, "Succeeded"));
        assertThat(status().phase()).isEqualTo(Phase.Evaluating);
    }

    @Test
    void fieldsThatANewerReportLeavesOutAreGone() {
        apply(report(1, 1, "Training"));
        apply(read("{phase: Training, trainer: {device: cpu}, progress: {attempt: 2, sequence: 0, step: 0}}"));
        assertThat(status().metrics()).isNull();
        assertThat(status().metric()).isNull();
        assertThat(status().progress().step()).isZero();
    }

    @Test
    void whatEarlierAttemptsAchievedStaysWhileANewOneLoadsItsModel() {
        apply(read("""
                phase: Training
                trainer: {device: cpu, parameters: 7}
                progress: {attempt: 1, sequence: 9, step: 40, totalSteps: 60, steps: 40/60, loss: '1.9', tokensPerSecond: 50, eta: 2m}
                metrics: [{name: loss, value: '1.84', baseline: '2.60'}]
                checkpoints: [{step: 40, uri: 'pvc://work/step-40'}]
                """));

        apply(read("{phase: Preparing, progress: {attempt: 2, sequence: 1, updatedAt: '2026-01-01T12:00:00Z'},"
                + " metrics: [], checkpoints: []}"));

        var progress = status().progress();
        assertThat(progress.attempt()).isEqualTo(2);
        assertThat(progress.sequence()).isEqualTo(1);
        assertThat(progress.updatedAt()).isEqualTo("2026-01-01T12:00:00Z");
        assertThat(progress.steps()).isEqualTo("40/60");
        assertThat(progress.loss()).isEqualTo("1.9");
        assertThat(progress.tokensPerSecond()).as("nothing moves").isNull();
        assertThat(progress.eta()).as("nothing moves").isNull();
        assertThat(status().metric()).as("there is no other").isEqualTo("loss 1.84 (from 2.60)");
        assertThat(status().checkpoints()).hasSize(1);
        assertThat(status().trainer().parameters()).isEqualTo(7);
        assertThat(apply(report(1, 10, "Training"))).isEqualTo(Outcome.LATE);
    }

    @Test
    void whatDoesNotFitIsACondition() {
        apply(read("""
                phase: Preparing
                estimate: {peakMemory: 740Mi, memory: 600Mi, advice: 'write spec.training.microBatchSize: 4 (512Mi)'}
                progress: {attempt: 1, sequence: 1}
                """));
        assertThat(fits()).singleElement().satisfies(fits -> {
            assertThat(fits.getStatus()).isEqualTo("False");
            assertThat(fits.getReason()).isEqualTo("TooLittleMemory");
            assertThat(fits.getMessage()).contains("takes 740Mi", "has 600Mi", "microBatchSize: 4");
            assertThat(fits.getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
        });
    }

    @Test
    void whatFitsIsSaidAnewByEachTrainerThatEstimates() {
        var more = "estimate: {peakMemory: 740Mi, memory: 1Gi}, progress: {attempt: %d, sequence: 1}}";
        apply(read("{phase: Training, trainer: {device: cpu}, "
                + more.replace("1Gi", "600Mi").formatted(1)));
        now = now.plusSeconds(60);

        apply(read("{phase: Preparing, progress: {attempt: 2, sequence: 0}}"));
        assertThat(fits())
                .as("nothing newer was estimated")
                .extracting(Condition::getStatus, Condition::getLastTransitionTime)
                .containsExactly(tuple("False", "2026-01-01T12:00:00Z"));

        apply(read("{phase: Preparing, " + more.formatted(2)));
        assertThat(fits())
                .extracting(Condition::getStatus, Condition::getLastTransitionTime)
                .containsExactly(tuple("True", "2026-01-01T12:01:00Z"));

        apply(read("{phase: Training, trainer: {device: gpu 0}, progress: {attempt: 3, sequence: 1}}"));
        assertThat(fits()).as("on an accelerator nothing is").isEmpty();
    }

    private List<Condition> fits() {
        return Stream.ofNullable(status().conditions())
                .flatMap(List::stream)
                .filter(condition -> condition.getType().equals("Fits"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"much", "1e1000000000", ""})
    void anEstimateThatIsNoQuantityMakesNoCondition(String much) {
        apply(read("{phase: Training, trainer: {device: cpu}, estimate: {peakMemory: '" + much
                + "', memory: 1Gi}, progress: {attempt: 1, sequence: 1}}"));

        assertThat(fits()).isEmpty();
    }

    @Test
    void trainerThatTakesOverAnAttemptIsHeard() {
        apply(report(1, 1_700_000_000_123L, "Training"));
        assertThat(apply(report(1, 1_700_000_060_000L, "Preparing"))).isEqualTo(Outcome.APPLIED);
        assertThat(apply(report(1, 1_700_000_000_124L, "Training")))
                .as("a last word of the one before")
                .isEqualTo(Outcome.LATE);
        assertThat(status().progress().sequence()).isEqualTo(1_700_000_060_000L);
    }

    @Test
    void ofReportsAtTheSameTimeTheNewestStays() {
        var all = IntStream.range(0, 8)
                .mapToObj(number -> CompletableFuture.runAsync(() -> apply(report(1, number, "Training"))))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(all).join();
        assertThat(status().progress().sequence()).isEqualTo(7);
    }

    @Test
    void reportOfADeletedJobIsDropped() {
        client.resources(FineTuneJob.class).inNamespace("team").withName("tune").delete();
        assertThat(apply(report(1, 1, "Training"))).isEqualTo(Outcome.GONE);
    }

    private Outcome apply(Report report) {
        return applier.apply("team", "tune", report);
    }

    private FineTuneJob stored() {
        return client.resources(FineTuneJob.class)
                .inNamespace("team")
                .withName("tune")
                .get();
    }

    private FineTuneJobStatus status() {
        return stored().getStatus();
    }

    private String version() {
        return stored().getMetadata().getResourceVersion();
    }

    private void operatorSays(String status) {
        var job = new FineTuneJob();
        job.setMetadata(
                new ObjectMetaBuilder().withNamespace("team").withName("tune").build());
        job.setStatus(Serialization.unmarshal("---\n" + status, FineTuneJobStatus.class));
        client.resource(job)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("attune-operator")
                        .withForce(true)
                        .build());
    }

    private static Report read(String report) {
        return Serialization.unmarshal("---\n" + report, Report.class);
    }

    private static Report report(int attempt, long sequence, String phase) {
        return Serialization.unmarshal(
                "---\nphase: " + phase + "\nprogress: {attempt: " + attempt + ", sequence: " + sequence
                        + ", step: 5}\nmetrics: [{name: loss, value: '1.84', baseline: '2.60'}, {name: accuracy, value: '0.91', baseline: '0.52'}]",
                Report.class);
    }
}
