package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole jobs of LoRA's variants and of IA3. */
class AdaptersTest {

    private static final String LORA = "lora: {rank: 4, dropout: 0.1}";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt2-tiny | lora: {rank: 4, variant: rslora, targets: [all-linear]}",
                "gpt2-tiny | lora: {rank: 4, variant: dora, dropout: 0.1, targets: [c_attn, c_fc]}",
                "llama-tiny | lora: {rank: 4, variant: dora, dropout: 0.1}",
                "llama-rope-tiny | lora: {rank: 4, targets: [embed_tokens, q_proj], rankPattern: {q_proj: 2}}",
                "llama-rope-tiny | lora: {rank: 4, variant: dora, targets: [embed_tokens, lm_head]}",
                "llama-tiny | lora: {rank: 4, quantization: nf4}",
                "gpt2-tiny | lora: {rank: 4, variant: dora, quantization: int8, dropout: 0.1}",
                "gpt2-tiny | ia3: {}",
                "llama-tiny | ia3: {targets: [q_proj, up_proj], feedForwardTargets: [up_proj]}",
                "gpt2-tiny | vera: {rank: 1024, targets: [all-linear]}",
                "llama-tiny | vera: {}",
            })
    void whatIsLearntIsTheSameBesideTheModelAndFoldedIn(String model, String method) throws IOException {
        var job = TinyJob.in(folder, model);
        var manifest = TinyJob.MANIFEST.replace(LORA, method);
        var apart = job.run(manifest);
        assertThat(apart.failure()).isEqualTo("(none)");
        var steps = apart.all(Event.Stepped.class);
        assertThat(steps.get(steps.size() - 1).loss()).isLessThan(steps.get(0).loss());
        var trained = apart.all(Event.Started.class).get(0).trainer();
        var estimate = apart.all(Event.Estimated.class).get(0).estimate();
        assertThat(trained.trainableParameters()).isPositive().isLessThan(trained.parameters());
        assertThat(estimate.peakMemory()).matches("[0-9]+Mi");
        assertThat(estimate.memory()).matches("[0-9]+Mi");

        var merged = job.run(manifest.replace("pvc://v/result", "pvc://v/merged, form: merged"));
        assertThat(merged.failure()).isEqualTo("(none)");
        assertThat(merged.all(Event.Merged.class))
                .singleElement()
                .satisfies(proof -> assertThat(proof.difference()).isLessThanOrEqualTo(1e-4));
        if (!method.contains("quantization")) {
            // An adapter of a quantised model, put on the model itself, is near the merged one and not the same.
            assertThat(logits("result")).containsExactly(logits("merged"), within(1e-4f));
        }
    }

    private float[] logits(String result) throws IOException {
        var file = folder.resolve(result + ".safetensors");
        Answer.write(new Places(folder, folder), "pvc://v/" + result, "3 plus 4 is", file);
        return SafetensorsFile.open(file).floats("logits").toFloatArray();
    }

    @Test
    void anAdapterIsGoneOnFromWithWhatItBrings() throws IOException {
        var job = TinyJob.in(folder, "llama-tiny");
        var manifest = TinyJob.MANIFEST.replace(LORA, "lora: {rank: 3, alpha: 6, variant: rslora, targets: [o_proj]}");
        var first = job.run(manifest).all(Event.Evaluated.class);
        var second = job.run(TinyJob.MANIFEST
                .replace(LORA, "lora: {initialFrom: pvc://v/result}")
                .replace("to: pvc://v/result", "to: pvc://v/second"));

        assertThat(second.failure()).isEqualTo("(none)");
        assertThat(second.all(Event.Evaluated.class).get(0).metrics().get("loss"))
                .isCloseTo(first.get(first.size() - 1).metrics().get("loss"), within(1e-6));
        var config = new ObjectMapper()
                .readTree(job.file("second/adapter_config.json").toFile());
        assertThat(config.path("r").asInt()).isEqualTo(3);
        assertThat(config.path("use_rslora").asBoolean()).isTrue();
        assertThat(config.path("target_modules").get(0).asText()).isEqualTo("o_proj");
    }

    @Test
    void whatIsGoneOnFromCountsInTheRecipeAndAResumedRunDoesNotGoBackToIt() {
        var job = TinyJob.in(folder, "llama-tiny");
        job.run(TinyJob.MANIFEST);
        var second = TinyJob.MANIFEST
                .replace(LORA, "lora: {initialFrom: pvc://v/result}")
                .replace("to: pvc://v/result", "to: pvc://v/second");
        var whole = job.run(second.replace("pvc://v/second", "pvc://v/whole"));
        assertThat(whole.exit()).isEqualTo(ExitCode.SUCCEEDED);
        job.run(second, 5);
        assertThat(job.run(second).exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(job.bytes("second/adapter_model.safetensors"))
                .isEqualTo(job.bytes("whole/adapter_model.safetensors"));

        var other = TinyJob.MANIFEST.replace("learningRate: 1e-2", "learningRate: 2e-2");
        job.run(other.replace("to: pvc://v/result", "to: pvc://v/third"));
        copy(job, "third/adapter_model.safetensors", "result/adapter_model.safetensors");
        assertThat(job.run(second).failure()).contains("spec.output.to", "another recipe");
    }

    @ParameterizedTest
    @CsvSource({
        "base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight, false, true",
        "base_model.model.model.embed_tokens.weight, true, false",
        "base_model.model.model.embed_tokens.base_layer.weight, true, false",
        "base_model.model.model.embed_tokens.weight, false, true",
        "base_model.vera_A, false, true",
    })
    void aTensorThatNothingAsksForIsRefusedUnlessPeftCopiedItFromTheModel(String name, boolean copy, boolean refused)
            throws IOException {
        var job = TinyJob.in(folder, "llama-tiny");
        job.run(TinyJob.MANIFEST);
        var file = job.file("result/adapter_model.safetensors");
        var arrays = new LinkedHashMap<String, NDArray>();
        var read = SafetensorsFile.open(file);
        read.names().forEach(each -> arrays.put(each, read.floats(each).duplicate()));
        var embedding =
                SafetensorsFile.open(job.file("model/model.safetensors")).floats("model.embed_tokens.weight");
        arrays.put(name, copy ? embedding : embedding.add(1));
        SafetensorsWriter.write(file, arrays);

        var outcome = job.run(TinyJob.MANIFEST
                .replace(LORA, "lora: {initialFrom: pvc://v/result}")
                .replace("to: pvc://v/result", "to: pvc://v/second"));

        if (refused) {
            assertThat(outcome.failure()).contains("adapter_model.safetensors", name, "has no place");
        } else {
            assertThat(outcome.failure()).isEqualTo("(none)");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "init_lora_weights | \"pissa_niter_4\"",
                "init_lora_weights | \"olora\"",
                "use_bdlora | {\"nblocks\": 2}",
                "rank_pattern | {\"*.q_proj\": 4}",
                "modules_to_save | [\"embed_tokens\"]",
            })
    void anAdapterThatIsComputedInAnotherWayIsRefusedByItsField(String field, String value) throws IOException {
        var job = TinyJob.in(folder, "llama-tiny");
        job.run(TinyJob.MANIFEST);
        var file = job.file("result/adapter_config.json").toFile();
        var config = (ObjectNode) new ObjectMapper().readTree(file);
        config.set(field, new ObjectMapper().readTree(value));
        new ObjectMapper().writeValue(file, config);

        var outcome = job.run(TinyJob.MANIFEST
                .replace(LORA, "lora: {initialFrom: pvc://v/result}")
                .replace("to: pvc://v/result", "to: pvc://v/second"));

        assertThat(outcome.failure()).contains("adapter_config.json", field);
        assertThat(outcome.exit()).isEqualTo(ExitCode.INVALID);
    }

    private static void copy(TinyJob job, String from, String to) {
        try {
            Files.write(job.file(to), job.bytes(from));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rank: 8", "alpha: 1", "variant: dora", "targets: [k_proj]"})
    void whatDisagreesWithTheAdapterIsRefused(String setting) {
        var job = TinyJob.in(folder, "llama-tiny");
        job.run(TinyJob.MANIFEST.replace(LORA, "lora: {rank: 4, targets: [q_proj]}"));
        var outcome = job.run(TinyJob.MANIFEST
                .replace(LORA, "lora: {initialFrom: pvc://v/result, %s}".formatted(setting))
                .replace("to: pvc://v/result", "to: pvc://v/second"));
        assertThat(outcome.failure())
                .contains(
                        "spec.method.lora.%s is".formatted(setting.substring(0, setting.indexOf(':'))), "leave it out");
        assertThat(outcome.exit()).isEqualTo(ExitCode.INVALID);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora: {targets: [embed_tokens]} | spec.output.form: merged can't be had, as model.embed_tokens is adapted",
                "lora: {rankPattern: {k_proj: 2}} | spec.method.lora.rankPattern: k_proj is the end of no adapted",
                "ia3: {targets: [down_prj]} | spec.method.ia3.targets: no linear layer of the model is named down_prj, did you",
                "ia3: {targets: [k_proj], feedForwardTargets: [down_proj]} | spec.method.ia3.feedForwardTargets: down_proj is none",
                "vera: {targets: [q_prj]} | spec.method.vera.targets: no linear layer of the model is named q_prj, did you",
            })
    void whatCannotBeAdaptedIsRefusedBeforeTheFirstStep(String method, String message) {
        var outcome = TinyJob.in(folder, "llama-tiny")
                .run(TinyJob.MANIFEST.replace(LORA, method).replace("pvc://v/result", "pvc://v/result, form: merged"));
        assertThat(outcome.failure()).contains(message);
        assertThat(outcome.exit()).isEqualTo(ExitCode.INVALID);
        assertThat(outcome.all(Event.Stepped.class)).isEmpty();
    }
}
