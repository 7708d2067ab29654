package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.objective.Objectives;
import dev.attune.trainer.tensor.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a merge may differ by, and what is left where it differs by more. */
class MergeTest {

    private static final String MERGED = TinyJob.MANIFEST.replace("pvc://v/result", "pvc://v/result, form: merged");
    private static final String LAST_NORM = "model.norm.weight";

    @TempDir
    Path folder;

    /** Outputs of the model are around 1; a factor on its last norm is a factor on them. */
    private static Merge merge(double size, double error) {
        var model = ModelFolder.load(
                "llama-tiny",
                Path.of("src/test/resources/fixtures/models/llama-tiny"),
                Task.LANGUAGE_MODELING,
                0,
                Architectures::of);
        var trained = new WeightsNetwork(scaled(model, size));
        var adapted =
                new Adapted(trained, trained, List.of(), Optional.empty(), () -> scaled(model, size * (1 + error)));
        var ids = new int[] {5, 9, 12, 40, 41, 7};
        var sample = Batch.of(List.of(Example.of(ids, ids)), 0);
        var objective =
                Objectives.of(TinyJob.job(TinyJob.MANIFEST).getSpec().objective(), List.of(), Task.LANGUAGE_MODELING);
        return Merge.of(model.architecture(), adapted, objective, sample);
    }

    private static Map<String, NDArray> scaled(Model model, double factor) {
        var weights = new LinkedHashMap<>(model.weights());
        weights.computeIfPresent(LAST_NORM, (name, weight) -> Ops.scale(weight, factor));
        return weights;
    }

    @ParameterizedTest
    @CsvSource({"1, 1e-6", "1000, 2e-5", "100000, 2e-5"})
    void roundingGrowsWithTheOutputsAndIsNoReasonToRefuse(double size, double error) {
        assertThat(merge(size, error).difference()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"1, 1e-3", "1000, 1e-3"})
    void whatIsMoreThanRoundingIsRefusedAndSaysHowToGetTheAdapter(double size, double error) {
        assertThatThrownBy(() -> merge(size, error))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContainingAll("differ by", "spec.output.form: adapter", "without training");
    }

    @Test
    void outputsThatAreNoNumbersAreRefused() {
        assertThatThrownBy(() -> merge(1, Double.NaN)).isInstanceOf(TrainerFailure.class);
    }

    @Test
    void theLastCheckpointGivesTheAdapterWithoutTraining() throws IOException {
        var alone = TinyJob.in(folder.resolve("alone"), "llama-tiny");
        alone.run(TinyJob.MANIFEST);
        var job = TinyJob.in(folder.resolve("job"), "llama-tiny");
        job.run(MERGED);
        leaveCheckpointsAlone(job.file("result"));

        var again = job.run(TinyJob.MANIFEST);

        assertThat(again.failure()).isEqualTo("(none)");
        assertThat(again.all(Event.Stepped.class)).isEmpty();
        assertThat(job.bytes("result/adapter_model.safetensors"))
                .isEqualTo(alone.bytes("result/adapter_model.safetensors"));
    }

    /** A merge that is refused writes nothing, so that this is what it leaves. */
    private static void leaveCheckpointsAlone(Path result) throws IOException {
        try (var all = Files.list(result)) {
            for (var file : all.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aResultInOneFormIsNotTakenForTheOther() {
        var job = TinyJob.in(folder, "llama-tiny");
        job.run(MERGED);
        assertThat(job.run(TinyJob.MANIFEST).failure())
                .contains("spec.output.to", "pvc://v/result", "merged", "another folder");
        assertThat(job.run(MERGED).all(Event.AlreadyDone.class)).hasSize(1);
    }
}
