package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The GitOps example: what is applied from Git, and how Argo CD sees what the operator makes of it. */
@OnCluster
class GitOpsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Test
    void editionFromGitWaitsForItsGpuAndIsPausedByGit(Space space) {
        var manifests = Command.of("kubectl", "kustomize", "examples/gitops/overlays/production")
                .output()
                .replace("namespace: models", "namespace: " + space.name());
        space.apply(manifests);
        var waiting = space.await("faq-v2", "the wait for a node", PATIENCE, Told.because("Unschedulable"));
        assertThat(Told.message(waiting)).contains("nvidia.com/gpu");
        assertThat(health(space, "faq-v2")).isEqualTo(new ArgoHealth("Progressing", Told.message(waiting)));

        space.patch("faq-v2", "{suspend: true}");
        space.await("faq-v2", "suspension", PATIENCE, Told.holds("Suspended"));
        assertThat(health(space, "faq-v2").status()).isEqualTo("Suspended");

        // What a sync does that finds nothing changed in Git but the pause taken back.
        space.apply(manifests.replace("spec:\n  checkpoints:", "spec:\n  suspend: false\n  checkpoints:"));
        space.await("faq-v2", "another try", PATIENCE, Told.because("Unschedulable"));
        assertThat(space.job("faq-v2").getStatus().failures()).isZero();
    }

    @Test
    void healthFollowsRealJobs(Space space) {
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("good").toString());
        space.apply(Recipe.named("bad").model("pvc://claim/elsewhere").toString());
        space.await("good", "the end", PATIENCE, Told.holds("Complete"));
        assertThat(health(space, "good").status()).isEqualTo("Healthy");
        space.await("bad", "the failure", PATIENCE, Told.holds("Failed"));
        assertThat(health(space, "bad"))
                .satisfies(health -> assertThat(health.status()).isEqualTo("Degraded"))
                .satisfies(health -> assertThat(health.message()).contains("pvc://claim/elsewhere"));
    }

    private static ArgoHealth health(Space space, String job) {
        return ArgoHealth.of(
                Yaml.read(space.kubectl("get", "ftj", job, "-o", "json").output()));
    }
}
