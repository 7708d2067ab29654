package dev.attune.operator.decide;

import static dev.attune.api.FineTuneJobStatus.Phase.Failed;
import static dev.attune.api.FineTuneJobStatus.Phase.Pending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.operator.condition.Conditions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a trainer needs and lacks: claims, ConfigMaps, images, nodes. */
class ObstaclesTest {

    @Test
    void podsThatCannotStartSaySoWithoutFailing() {
        var scene = Scene.begun();

        scene.waiting(1, "ImagePullBackOff", "Back-off pulling image \"nowhere/x\"")
                .step();
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("ImagePullFailed");
        assertThat(scene.condition("Progressing").getMessage()).contains("nowhere/x");

        scene.unschedulable(1, "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.")
                .step();
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("Unschedulable");
        assertThat(scene.condition("Progressing").getMessage()).contains("nvidia.com/gpu");

        scene.waiting(1, "CreateContainerConfigError", "secret \"s\" not found").step();
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("CreateContainerConfigError");

        scene.waiting(1, "ContainerCreating", null).step();
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("Starting");
        assertThat(scene.condition("Failed").getStatus()).isEqualTo("False");
    }

    @Test
    void missingClaimIsNamedAndHeals() {
        var scene = Scene.of("data: {train: [{from: 'pvc://work/a'}, {from: 'pvc://datasets/b'}]}");

        var decision = scene.step();
        assertThat(decision.create()).isEmpty();
        assertThat(decision.again()).isPresent();
        assertThat(scene.status().phase()).isEqualTo(Pending);
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("ClaimMissing");
        assertThat(scene.condition("Progressing").getMessage()).contains("spec.data.train[1].from", "'datasets'");
        assertThat(scene.condition("Stalled").getStatus()).isEqualTo("False");

        scene.claims.add("datasets");
        assertThat(scene.step().create()).isPresent();
    }

    @Test
    void missingConfigMapOrKeyIsNamedAndHeals() {
        var scene = Scene.of("data: {train: [{from: 'configmap://prompts/train.jsonl'}]}");

        scene.step();
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("ConfigMapMissing");

        scene.configMaps.putAll(Map.of("prompts", java.util.Set.of("other.jsonl")));
        scene.step();
        assertThat(scene.condition("Progressing").getMessage()).contains("key 'train.jsonl'", "[other.jsonl]");

        scene.configMaps.putAll(Map.of("prompts", java.util.Set.of("train.jsonl")));
        assertThat(scene.step().create()).isPresent();
    }

    @Test
    void refusedJobFailsOrIsTriedAgain() {
        var scene = Scene.of();

        var forGood = scene.decide.refused(scene.observed(), scene.now, "spec.template: Invalid value", true);
        assertThat(forGood.status()).hasValueSatisfying(status -> {
            assertThat(status.phase()).isEqualTo(Failed);
            assertThat(Conditions.find(status, "Failed").orElseThrow().getMessage())
                    .contains("spec.template: Invalid value");
            assertThat(status.attempts()).isNull();
        });

        var forNow = scene.decide.refused(scene.observed(), scene.now, "exceeded quota", false);
        assertThat(forNow.again()).isPresent();
        assertThat(forNow.status().orElseThrow().phase()).isEqualTo(Pending);
    }
}
