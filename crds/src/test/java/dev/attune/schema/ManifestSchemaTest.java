package dev.attune.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.DataSet;
import dev.attune.api.Objective;
import dev.attune.api.Output;
import dev.attune.api.Training;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestSchemaTest {

    private static final Path VALID = Path.of("src/test/resources/manifests/valid");
    private static final ManifestSchema SCHEMA = ManifestSchema.bundled();

    static Stream<Path> validFiles() throws IOException {
        return Files.list(VALID).sorted();
    }

    @ParameterizedTest
    @MethodSource("validFiles")
    void takesWhatTheApiServerTakes(Path file) {
        assertThat(Manifests.read(file))
                .allSatisfy(manifest ->
                        assertThat(SCHEMA.check(manifest.content()).problems()).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("validFiles")
    void takesWhatItHasFilledInUnchanged(Path file) {
        var stored = SCHEMA.check(manifest(file)).withDefaults();

        assertThat(SCHEMA.check(stored)).isEqualTo(new Checked(stored, java.util.List.of()));
    }

    @Test
    void fillsInDefaults() {
        var spec = SCHEMA.check(manifest(VALID.resolve("smallest.yaml"))).job().getSpec();

        assertThat(spec.method().lora().dropout()).isZero();
        assertThat(spec.method().lora().alpha()).isNull();
        assertThat(spec.objective().instruction().lossOn()).isEqualTo(Objective.LossOn.COMPLETION);
        assertThat(spec.training().warmup()).isEqualTo(0.03);
        assertThat(spec.training().schedule()).isEqualTo(Training.Schedule.COSINE);
        assertThat(spec.training().seed()).isEqualTo(17);
        assertThat(spec.checkpoints().keep()).isEqualTo(3);
        assertThat(spec.trainer()).isNotNull();
        assertThat(spec.suspend()).isFalse();
        assertThat(spec.backoffLimit()).isEqualTo(3);
    }

    @Test
    void fillsInDefaultsInPlaceOfNulls() {
        var manifest = manifest(VALID.resolve("smallest.yaml"));
        ((ObjectNode) manifest.path("spec"))
                .putNull("training")
                .putNull("backoffLimit")
                .putNull("evaluation");

        var checked = SCHEMA.check(manifest);

        assertThat(checked.problems()).isEmpty();
        assertThat(checked.job().getSpec().training().batchSize()).isEqualTo(8);
        assertThat(checked.job().getSpec().backoffLimit()).isEqualTo(3);
    }

    @Test
    void readsEveryFieldIntoItsType() {
        var job = SCHEMA.check(manifest(VALID.resolve("every-field.yaml"))).job();

        assertThat(job.getMetadata().getName()).isEqualTo("support-tone");
        assertThat(job.getMetadata().getLabels()).containsEntry("kueue.x-k8s.io/queue-name", "gpu");
        var spec = job.getSpec();
        assertThat(spec.data().train().get(0).columns()).containsEntry("prompt", "question");
        assertThat(spec.data().train().get(1).format()).isEqualTo(DataSet.Format.CHAT);
        assertThat(spec.method().lora().alpha()).isEqualTo(32.0);
        assertThat(spec.method().lora().targets()).containsExactly("q_proj", "v_proj");
        assertThat(spec.training().learningRate()).isEqualTo(2e-4);
        assertThat(spec.training().warmup()).isEqualTo(100.0);
        assertThat(spec.output().form()).isEqualTo(Output.Form.MERGED);
        assertThat(spec.trainer().resources().limits())
                .containsEntry("nvidia.com/gpu", new Quantity("1"))
                .containsEntry("memory", new Quantity("24Gi"));
        assertThat(spec.trainer().affinity().getNodeAffinity()).isNotNull();
        assertThat(spec.activeDeadlineSeconds()).isEqualTo(86400L);
    }

    @Test
    void readsNoTypeFromWhatIsRefused() {
        var manifest = manifest(VALID.resolve("smallest.yaml"));
        ((ObjectNode) manifest.path("spec")).remove("output");

        var checked = SCHEMA.check(manifest);

        assertThat(checked.valid()).isFalse();
        assertThatThrownBy(checked::job)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("spec.output: required field is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "/spec/method/lora, rank, 16",
        "/spec/training, seed, 18",
        "/spec/evaluation, every, 50",
        "/spec/checkpoints, keep, 5",
        "/spec, activeDeadlineSeconds, 60"
    })
    void letsNobodyChangeTheRecipe(String object, String field, int value) {
        var before = manifest(VALID.resolve("full-on-running-text.yaml"));
        ((ObjectNode) before.path("spec"))
                .set("method", manifest(VALID.resolve("smallest.yaml")).at("/spec/method"));
        var after = before.deepCopy();
        ((ObjectNode) after.path("spec"))
                .withObject(object.replaceFirst("/spec", ""))
                .put(field, value);

        assertThat(SCHEMA.check(after).problems()).isEmpty();
        assertThat(SCHEMA.check(after, before).problems())
                .containsExactly(new Problem(
                        "spec",
                        "the recipe of a FineTuneJob can't be changed (only suspend,"
                                + " backoffLimit and ttlSecondsAfterFinished can): create a job with another name"));
    }

    @ParameterizedTest
    @CsvSource({"backoffLimit, 7", "ttlSecondsAfterFinished, 60"})
    void letsWhatIsNoRecipeChange(String field, int value) {
        var before = manifest(VALID.resolve("smallest.yaml"));
        var after = before.deepCopy();
        ((ObjectNode) after.path("spec")).put(field, value).put("suspend", true);

        assertThat(SCHEMA.check(after, before).problems()).isEmpty();
    }

    @Test
    void seesNoChangeInADefaultThatIsWrittenOut() {
        var before = manifest(VALID.resolve("smallest.yaml"));
        var after = before.deepCopy();
        ((ObjectNode) after.path("spec")).putObject("training").put("batchSize", 8);

        assertThat(SCHEMA.check(after, before).problems()).isEmpty();
    }

    private static JsonNode manifest(Path file) {
        return Manifests.read(file).get(0).content();
    }
}
