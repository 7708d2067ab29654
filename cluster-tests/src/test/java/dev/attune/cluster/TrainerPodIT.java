package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a trainer's pod gets, and what it may do. */
@OnCluster
class TrainerPodIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String REPORT =
            "{\"phase\": \"Training\", \"progress\": {\"attempt\": 1, \"sequence\": 1, \"step\": 7, \"totalSteps\": 9}}";

    @Test
    void gpuIsAskedForAndWaitedFor(Cluster cluster, Space space) {
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("accelerated")
                .with("trainer: {resources: {limits: {nvidia.com/gpu: 1}}}")
                .toString());
        var waiting = space.await("accelerated", "a node with a GPU", PATIENCE, Told.because("Unschedulable"));
        assertThat(Told.message(waiting)).contains("nvidia.com/gpu");
        assertThat(trainer(space, "accelerated")
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getResources()
                        .getLimits())
                .containsEntry("nvidia.com/gpu", new Quantity("1"));

        var node =
                cluster.client().nodes().list().getItems().get(0).getMetadata().getName();
        var gpu = "[{\"op\": \"add\", \"path\": \"/status/capacity/nvidia.com~1gpu\", \"value\": \"1\"}]";
        cluster.kubectl("patch", "node", node, "--subresource=status", "--type=json", "-p", gpu)
                .output();
        space.await("accelerated", "the end", PATIENCE, Told.holds("Complete"));
    }

    @Test
    void tokenSpeaksForItsOwnJobAlone(Cluster cluster, Space space) throws IOException, InterruptedException {
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("mine").steps(1_000_000).toString());
        space.apply(Recipe.named("other").with("suspend: true").toString());
        space.await("mine", "training", PATIENCE, Told.atStep(1));
        space.await("other", "suspension", PATIENCE, Told.holds("Suspended"));
        var pod = trainer(space, "mine");
        var token = token(space, pod, "--audience=" + TrainerPod.AUDIENCE);
        var elsewhere = token(space, pod);

        try (var door = cluster.client()
                .services()
                .inNamespace(Attune.NAMESPACE)
                .withName(Attune.RELEASE)
                .portForward(8080)) {
            var base = "http://localhost:" + door.getLocalPort() + TrainerPod.REPORT_PATH + "/" + space.name();
            assertThat(post(base + "/mine", token)).as("its own job").isEqualTo(204);
            assertThat(post(base + "/other", token)).as("another job").isEqualTo(403);
            assertThat(post(base + "/mine", elsewhere)).as("another audience").isEqualTo(401);
            assertThat(post(base + "/mine", "forged")).as("no token").isEqualTo(401);
            assertThat(post(base + "/none", token)).as("no such job").isEqualTo(404);
        }
        assertThat(space.job("other").getStatus().progress()).isNull();
    }

    @Test
    void podCanReachNothingOfTheClusterByItself(Space space) {
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("modest").steps(1_000_000).toString());
        space.await("modest", "training", PATIENCE, Told.atStep(1));
        var pod = trainer(space, "modest");
        assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
        assertThat(inside(space, pod, "id -u")).isEqualTo("65532");
        assertThat(inside(space, pod, "ls /var/run/secrets")).isEqualTo("attune.dev");
        assertThat(inside(space, pod, "touch /opt/attune/x 2>&1 || echo refused"))
                .contains("refused");
        assertThat(inside(space, pod, "grep CapEff /proc/1/status")).endsWith("0000000000000000");
    }

    private static String inside(Space space, Pod pod, String shell) {
        return space.kubectl("exec", pod.getMetadata().getName(), "--", "sh", "-c", shell)
                .output()
                .strip();
    }

    private static Pod trainer(Space space, String job) {
        return space.trainers(job).get(0);
    }

    private static String token(Space space, Pod pod, String... options) {
        return space.kubectl(
                        "create",
                        "token",
                        pod.getSpec().getServiceAccountName(),
                        "--bound-object-kind=Pod",
                        "--bound-object-name=" + pod.getMetadata().getName(),
                        "--bound-object-uid=" + pod.getMetadata().getUid())
                .with(options)
                .output()
                .strip();
    }

    private static int post(String url, String token) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(REPORT))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }
}
