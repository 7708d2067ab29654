package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.method.Trainable;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Precision;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What training in bf16 changes, and what it doesn't; that it computes the same is in {@link MatrixTest}. */
class PrecisionTest {

    private static final String FP32 = TinyJob.MANIFEST.replace("dropout: 0.1", "dropout: 0.0");
    private static final String BF16 = FP32.replace("training: {", "training: {precision: bf16, ");

    /** libtorch's number of the type of bytes. */
    private static final long BYTES = 0;

    @TempDir
    Path folder;

    private static String by(String method, String manifest) {
        return manifest.replaceAll("method: .*", "method: {" + method + "}");
    }

    private TinyJob job(String name) {
        return TinyJob.in(folder.resolve(name), "llama-tiny");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "full: {}",
                "full: {train: [model.layers.*.mlp.*]}",
                "lora: {rank: 4, dropout: 0.1}",
                "lora: {rank: 4, variant: dora, dropout: 0.1, targets: [all-linear]}",
                "lora: {rank: 4, quantization: nf4}",
                "lora: {rank: 4, quantization: int8, variant: dora}",
                "lora: {rank: 4, targets: [embed_tokens, v_proj]}",
                "adapter: {placement: houlsby}",
                "adapter: {placement: parallel}",
                "prefixTuning: {length: 4, projection: {}}"
            })
    void aRunThatWasStoppedEndsAsOneThatWasNot(String method) throws IOException {
        var whole = job("whole");
        var outcome = whole.run(by(method, BF16));
        assertThat(outcome.exit()).as(outcome.failure()).isEqualTo(ExitCode.SUCCEEDED);
        var parted = job("parted");
        assertThat(parted.run(by(method, BF16), 4).exit()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(parted.run(by(method, BF16)).exit()).isEqualTo(ExitCode.SUCCEEDED);
        try (var files = Files.list(whole.file("result"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".safetensors")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(parted.file("result").resolve(file.getFileName()))
                            .hasSameBinaryContentAs(file));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"full: {}", "lora: {rank: 4}", "lora: {rank: 4, quantization: nf4}", "ia3: {}"})
    void itLearnsWhatFp32Learns(String method) {
        var exact = losses(job("fp32").run(by(method, FP32)));
        var rounded = losses(job("bf16").run(by(method, BF16)));
        assertThat(rounded).isNotEqualTo(exact);
        for (var i = 0; i < exact.size(); i++) {
            assertThat(rounded.get(i)).isCloseTo(exact.get(i), withinPercentage(1));
        }
    }

    private static List<Double> losses(TinyJob.Outcome outcome) {
        return outcome.all(Event.Evaluated.class).stream()
                .map(measured -> measured.metrics().get("loss"))
                .toList();
    }

    @Test
    void anUpdateSmallerThanWhatBf16TellsApartIsNotLost() {
        var job = job("small");
        job.run(by("full: {}", BF16).replace("learningRate: 1e-2", "learningRate: 1e-7"));
        var before = SafetensorsFile.open(job.file("model/model.safetensors"));
        var after = SafetensorsFile.open(job.file("result/model.safetensors"));
        for (var name : before.names()) {
            var moved = after.floats(name).sub(before.floats(name)).abs().max().getFloat();
            assertThat(moved).as(name).isBetween(1e-9f, 1e-5f);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lora: {rank: 4, targets: [all-linear]}",
                "lora: {rank: 4, variant: dora}",
                "lora: {rank: 4, quantization: nf4}",
                "ia3: {}",
                "vera: {}"
            })
    void whatIsMergedIsFoldedIntoTheWeightsOfTheFile(String method) {
        var job = job("merged");
        var outcome = job.run(by(method, BF16).replace("pvc://v/result", "pvc://v/result, form: merged"));
        assertThat(outcome.exit()).as(outcome.failure()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(outcome.all(Event.Merged.class))
                .singleElement()
                .satisfies(merged -> assertThat(merged.difference()).isLessThan(1e-4));
        var before = SafetensorsFile.open(job.file("model/model.safetensors"));
        var after = SafetensorsFile.open(job.file("result/model.safetensors"));
        for (var name : List.of("model.embed_tokens.weight", "model.norm.weight")) {
            assertThat(after.floats(name).toFloatArray())
                    .as(name + ", which isn't adapted")
                    .isEqualTo(before.floats(name).toFloatArray());
        }
    }

    @Test
    void whatStaysFrozenBelowTrainedLayersIsWrittenAsItWasRead() {
        var job = job("some");
        job.run(by("full: {train: [model.layers.1.mlp.*]}", BF16));
        var before = SafetensorsFile.open(job.file("model/model.safetensors"));
        var after = SafetensorsFile.open(job.file("result/model.safetensors"));
        assertThat(after.names()).isEqualTo(before.names());
        for (var name : before.names()) {
            var same = after.floats(name).contentEquals(before.floats(name));
            assertThat(same).as(name + " stays").isEqualTo(!name.startsWith("model.layers.1.mlp."));
        }
    }

    @ParameterizedTest
    @CsvSource({"llama-tiny, lora", "gpt2-tiny, ia3", "bert-tiny, prefixTuning", "t5-tiny, vera"})
    void frozenMatricesTakeTwoBytesANumberAndAllElseFour(String name, String method) {
        var model = model(name);
        var fp32 = Map.copyOf(model.weights());
        var adapted = method("{" + method + ": {}}").adapt(model.in(Precision.BF16), 1);

        model.in(Precision.BF16)
                .freeze(adapted.trainables().stream().map(Trainable::array).toList());

        for (var parameter : model.architecture().parameters()) {
            var weight = model.weights().get(parameter.name());
            assertThat(bytes(weight)).as(parameter.name()).isEqualTo(weight.size() * (parameter.isMatrix() ? 2 : 4));
            assertThat(fp32.get(parameter.name()).isReleased())
                    .as("the one it was is freed")
                    .isEqualTo(parameter.isMatrix());
        }
    }

    @Test
    void trainedMatricesTakeFourBytesANumber() {
        var model = model("llama-tiny").in(Precision.BF16);
        var adapted = method("{full: {train: [model.layers.0.*]}}").adapt(model, 1);
        model.freeze(adapted.trainables().stream().map(Trainable::array).toList());
        for (var trainable : adapted.trainables()) {
            var array = trainable.array();
            assertThat(model.weights()).containsEntry(trainable.name(), array);
            assertThat(bytes(array)).as(trainable.name()).isEqualTo(4 * array.size());
        }
    }

    private static long bytes(NDArray array) {
        return Ops.fromBytes(array, BYTES).size();
    }

    private static Model model(String name) {
        return ModelFolder.load(
                name,
                Path.of("src/test/resources/fixtures/models", name),
                Task.LANGUAGE_MODELING,
                0,
                Architectures::of);
    }

    private static Method method(String yaml) {
        var job = TinyJob.job(TinyJob.MANIFEST.replaceAll("method: .*", "method: " + yaml));
        return Methods.of(job.getSpec().method(), Path::of);
    }

    @Test
    void whereBf16IsSlowerEverythingIsComputedInFp32AndItIsSaid() {
        var job = job("fp32");
        job.run(FP32);
        var slow = job("slow");
        var outcome = slow.run(BF16, new Hardware(new Processor(false), Optional.empty()));
        assertThat(outcome.all(Event.Warned.class))
                .singleElement()
                .satisfies(warned -> assertThat(warned.message()).contains("spec.training.precision", "amx_bf16"));
        assertThat(slow.bytes("result/adapter_model.safetensors"))
                .isEqualTo(job.bytes("result/adapter_model.safetensors"));
    }

    @Test
    void anotherPrecisionIsAnotherRecipe() {
        var job = job("both");
        job.run(FP32);
        assertThat(job.run(BF16).failure()).contains("spec.output.to", "another recipe");
    }
}
