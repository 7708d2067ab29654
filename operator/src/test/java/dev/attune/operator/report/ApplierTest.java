package dev.attune.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.operator.cluster.MockCluster;
import dev.attune.operator.report.Applier.Outcome;
import dev.attune.protocol.Report;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApplierTest {

    private final MockCluster cluster = new MockCluster();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private KubernetesClient client;
    private Applier applier;

    @BeforeEach
    void start() {
        cluster.start();
        client = cluster.client();
        applier = new Applier(client, meters);
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
        assertThat(status().metric()).isEqualTo("loss 1.84 (from 2.60)");
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
        apply(Serialization.unmarshal("---\nphase: Preparing\nprogress: {attempt: 2, sequence: 0}", Report.class));
        assertThat(status().metrics()).isNull();
        assertThat(status().metric()).isNull();
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

    private static Report report(int attempt, long sequence, String phase) {
        return Serialization.unmarshal(
                "---\nphase: " + phase + "\nprogress: {attempt: " + attempt + ", sequence: " + sequence
                        + ", step: 5}\nmetrics: [{name: perplexity, value: '6.3'}, {name: loss, value: '1.84', baseline: '2.60'}]",
                Report.class);
    }
}
