package dev.attune.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.operator.cluster.MockCluster;
import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The whole operator, from a FineTuneJob that appears to the status that says it is done, and from a posted report to the status. */
@QuarkusTest
@QuarkusTestResource(MockCluster.class)
class OperatorTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Inject
    KubernetesClient client;

    @TestHTTPResource
    URI url;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void jobRunsFromItsCreationToItsResult() throws Exception {
        create("runs");
        var waiting = await("runs", status -> "ClaimMissing".equals(reason(status)));
        assertThat(waiting.phase()).isEqualTo(Phase.Pending);

        client.resource(read(
                        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: runs, namespace: team}",
                        PersistentVolumeClaim.class))
                .create();
        var started = await("runs", status -> status.jobRef() != null);
        assertThat(started.attempts()).isEqualTo(1);
        var job = client.batch()
                .v1()
                .jobs()
                .inNamespace("team")
                .withName("runs-1")
                .get();
        assertThat(job.getMetadata().getOwnerReferences().get(0).getKind()).isEqualTo("FineTuneJob");

        trainer("runs", "{phase: Running, containerStatuses: [{name: trainer, state: {running: {}}}]}");
        await("runs", status -> "Running".equals(reason(status)));

        assertThat(post("runs", token("runs-1-abc"), report(1, 3, "Training"))).isEqualTo(204);
        var trained = await("runs", status -> status.phase() == Phase.Training);
        assertThat(trained.progress().step()).isEqualTo(5);

        trainer(
                "runs",
                "{phase: Succeeded, containerStatuses: [{name: trainer, state: {terminated: {exitCode: 0, message:"
                        + " '{\"phase\":\"Succeeded\",\"progress\":{\"attempt\":1,\"sequence\":4,\"step\":10},"
                        + "\"result\":{\"uri\":\"pvc://runs/out\",\"form\":\"adapter\"}}'}}}]}");
        finish("runs");
        var done = await("runs", status -> status.phase() == Phase.Succeeded);
        assertThat(reason(done)).isEqualTo("Succeeded");
        assertThat(done.result().uri()).isEqualTo("pvc://runs/out");
        assertThat(done.progress().step()).isEqualTo(10);
        assertThat(client.v1().events().inNamespace("team").list().getItems())
                .filteredOn(event -> event.getInvolvedObject().getName().equals("runs"))
                .extracting(Event::getReason)
                .contains("ClaimMissing", "Started", "Succeeded");
        assertThat(get("/q/metrics"))
                .contains("attune_jobs{phase=\"Succeeded\"}", "attune_attempts_total", "attune_reports_total");
        assertThat(get("/q/health/ready")).contains("\"UP\"");
    }

    @Test
    void reportsAreTakenFromTheJobsOwnTrainerAlone() throws Exception {
        begun("mine");
        begun("theirs");

        assertThat(post("mine", token("mine-1-abc"), report(1, 1, "Training"))).isEqualTo(204);
        await("mine", status -> status.progress() != null);

        assertThat(post("mine", "bad", report(1, 2, "Training"))).isEqualTo(401);
        assertThat(post("mine", null, report(1, 2, "Training"))).isEqualTo(401);
        assertThat(post("mine", token("theirs-1-abc"), report(1, 2, "Training")))
                .isEqualTo(403);
        assertThat(post("none", token("mine-1-abc"), report(1, 2, "Training"))).isEqualTo(404);
        assertThat(post("mine", token("mine-1-abc"), "{\"phase\": ")).isEqualTo(400);
        assertThat(post("mine", token("mine-1-abc"), "{\"phase\": \"Dancing\"}"))
                .isEqualTo(400);
        assertThat(post("mine", token("mine-1-abc"), "null")).isEqualTo(400);
        assertThat(post("mine", token("mine-1-abc"), report(2, 1, "Training"))).isEqualTo(400);
        assertThat(post("mine", token("mine-1-abc"), "{\"phase\":\"" + "x".repeat(200_000) + "\"}"))
                .isEqualTo(413);

        assertThat(status("mine").progress().sequence()).isEqualTo(1);
    }

    @Test
    void podThatOnlyWearsTheLabelIsNotATrainer() throws Exception {
        begun("guarded");
        client.resource(read(
                        "apiVersion: v1\nkind: Pod\nmetadata: {name: guarded-fake, namespace: team, labels:"
                                + " {attune.dev/job: guarded, attune.dev/attempt: '1'}}",
                        Pod.class))
                .create();
        assertThat(post("guarded", token("guarded-fake"), report(1, 1, "Training")))
                .isEqualTo(403);
    }

    @Test
    void lateAndRepeatedReportsAreTakenAndChangeNothing() throws Exception {
        begun("late");
        begun("barrier");
        post("late", token("late-1-abc"), report(1, 7, "Training"));
        await("late", status -> status.progress() != null);
        var version = stored("late").getMetadata().getResourceVersion();

        assertThat(post("late", token("late-1-abc"), report(1, 7, "Training"))).isEqualTo(204);
        assertThat(post("late", token("late-1-abc"), report(1, 6, "Training"))).isEqualTo(204);
        // Reports are applied one after the other: this one's effect shows that those before had theirs.
        post("barrier", token("barrier-1-abc"), report(1, 1, "Training"));
        await("barrier", status -> status.progress() != null);

        assertThat(stored("late").getMetadata().getResourceVersion()).isEqualTo(version);
    }

    /** A job whose trainer runs. */
    private void begun(String name) throws InterruptedException {
        client.resource(read(
                        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: " + name + ", namespace: team}",
                        PersistentVolumeClaim.class))
                .create();
        create(name);
        await(name, status -> status.jobRef() != null);
        trainer(name, "{phase: Running, containerStatuses: [{name: trainer, state: {running: {}}}]}");
        await(name, status -> "Running".equals(reason(status)));
    }

    private void create(String name) {
        client.resource(read("""
                        apiVersion: attune.dev/v1alpha1
                        kind: FineTuneJob
                        metadata: {name: %1$s, namespace: team, generation: 1}
                        spec:
                          model: {from: 'pvc://%1$s/model'}
                          data: {train: [{from: 'pvc://%1$s/train.jsonl'}]}
                          objective: {instruction: {}}
                          method: {lora: {}}
                          output: {to: 'pvc://%1$s/out'}
                        """.formatted(name), FineTuneJob.class)).create();
    }

    /** The pod that Kubernetes would make of the first attempt's Job, in a state. */
    private void trainer(String name, String status) {
        var job = client.batch()
                .v1()
                .jobs()
                .inNamespace("team")
                .withName(name + "-1")
                .get();
        var pod = read(
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %1$s-1-abc
                  namespace: team
                  creationTimestamp: %4$s
                  labels: {attune.dev/job: %1$s, attune.dev/attempt: "1"}
                  ownerReferences: [{apiVersion: batch/v1, kind: Job, name: %1$s-1, uid: %2$s, controller: true}]
                status: %3$s
                """.formatted(
                        name, job.getMetadata().getUid(), status, Instant.now().plusSeconds(1)),
                Pod.class);
        client.resource(pod).createOr(any -> client.resource(pod).update());
    }

    private void finish(String name) {
        client.batch().v1().jobs().inNamespace("team").withName(name + "-1").editStatus(job -> {
            job.setStatus(read("conditions: [{type: Complete, status: 'True'}]", JobStatus.class));
            return job;
        });
    }

    private FineTuneJobStatus await(String name, Predicate<FineTuneJobStatus> reached) throws InterruptedException {
        var deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            var status = status(name);
            if (status != null && reached.test(status)) {
                return status;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("in " + PATIENCE + " not reached; the status is " + status(name));
    }

    private FineTuneJob stored(String name) {
        return client.resources(FineTuneJob.class)
                .inNamespace("team")
                .withName(name)
                .get();
    }

    private FineTuneJobStatus status(String name) {
        return stored(name).getStatus();
    }

    private static String reason(FineTuneJobStatus status) {
        return status.conditions() == null
                ? ""
                : status.conditions().stream()
                        .filter(condition -> condition.getType().equals("Ready"))
                        .map(Condition::getReason)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse("");
    }

    /** The token of a pod. */
    private String token(String pod) {
        return pod + "/"
                + client.pods()
                        .inNamespace("team")
                        .withName(pod)
                        .get()
                        .getMetadata()
                        .getUid();
    }

    private int post(String name, String token, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url.resolve(TrainerPod.REPORT_PATH + "/team/" + name))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private String get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(url.resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String report(int attempt, int sequence, String phase) {
        return "{\"phase\":\"%s\",\"progress\":{\"attempt\":%d,\"sequence\":%d,\"step\":5}}"
                .formatted(phase, attempt, sequence);
    }

    private static <T> T read(String yaml, Class<T> type) {
        return Serialization.unmarshal("---\n" + yaml, type);
    }
}
