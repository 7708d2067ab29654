package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.FineTuneJobStatus.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What only the cluster knows is waited for, by name, and heals when it comes. */
@OnCluster
class WaitingIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void missingClaimIsNamedAndHealsWhenItComes(Space space) {
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("heals").toString().replace("pvc://claim/results", "pvc://late/results"));
        var waiting = space.await("heals", "the missing claim", PATIENCE, Told.because("ClaimMissing"));
        assertThat(Told.message(waiting)).contains("spec.output.to").contains("'late'");
        assertThat(space.attempts("heals")).isEmpty();

        var late = Shelf.of(space, "late");
        space.await("heals", "the end", Recipe.PATIENCE, Told.holds("Complete"));
        assertThat(late.list("results/heals")).contains("adapter_model.safetensors");
    }

    @Test
    void missingConfigMapKeyIsNamedAndHealsWhenItComes(Space space) {
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("text").data("configmap://faq/train.jsonl").toString());
        space.await("text", "the missing ConfigMap", PATIENCE, Told.because("ConfigMapMissing"));

        space.kubectl("create", "configmap", "faq", "--from-literal=other=x").output();
        space.await(
                "text",
                "the missing key",
                PATIENCE,
                status -> Told.message(status).contains("key 'train.jsonl'"));

        space.kubectl("patch", "configmap", "faq", "-p", Recipe.configMapPatch("train.jsonl"))
                .output();
        space.await("text", "the end", Recipe.PATIENCE, Told.holds("Complete"));
    }

    @Test
    void jobBuildsOnAnothersResultAndWaitsForIt(Space space) {
        space.apply(Recipe.named("second").model("job://first").toString());
        space.await("second", "the missing job", PATIENCE, Told.because("DependencyMissing"));

        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("first").merged().steps(200).toString());
        space.await("second", "waiting for the first", PATIENCE, Told.because("WaitingForDependency"));

        space.await("first", "the end", Recipe.PATIENCE, Told.holds("Complete"));
        var second = space.await("second", "the end", Recipe.PATIENCE, Told.holds("Complete"));
        assertThat(second.phase()).isEqualTo(Phase.Succeeded);
    }

    @Test
    void jobFailsWithTheOneItBuildsOn(Space space) {
        Recipe.fill(Shelf.of(space, "claim")).write("{\"prompt\": \"no answer\"}\n", "bad.jsonl");
        space.apply(Recipe.named("second").model("job://first").toString());
        space.apply(Recipe.named("first").data("pvc://claim/bad.jsonl").toString());
        space.await("first", "the failure", Recipe.PATIENCE, Told.holds("Failed"));
        var second = space.await("second", "the failure", PATIENCE, Told.holds("Failed"));
        assertThat(Told.reason(second)).isEqualTo("DependencyFailed");
        assertThat(Told.message(second)).contains("job://first failed").contains("bad.jsonl");
        assertThat(space.attempts("second")).isEmpty();
    }
}
