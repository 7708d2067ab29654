package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Event;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers below all that is trained are computed once, and learning goes on from what they gave. */
class BottomTest {

    private static final String ONCE = "computing states of the lowest 1 layers";
    private static final String TARGETS = "{lora: {rank: 4, targets: [layers.1.self_attn.q_proj]}}";

    @TempDir
    Path folder;

    /** A part of an epoch computes the layers at every step; more of them, once. */
    @ParameterizedTest
    @CsvSource({
        "llama-tiny, '{lora: {rank: 4, targets: [layers.1.self_attn.q_proj]}}'",
        "llama-tiny, '{lora: {rank: 4, targets: [layers.1.mlp.down_proj], quantization: nf4}}'",
        "gpt2-tiny, '{full: {train: [\"transformer.h.1.*\", \"transformer.ln_f.*\"]}}'",
        "llama-tiny, '{full: {train: [model.norm.weight]}}'"
    })
    void whatIsLearntIsTheSameAsWhenTheyAreComputedAtEveryStep(String model, String method) {
        var manifest = TinyJob.MANIFEST.replace("{lora: {rank: 4, dropout: 0.1}}", method);
        var each = TinyJob.in(folder.resolve("each"), model).run(manifest);
        assertThat(remembers(each)).isFalse();
        var longer = manifest.replace("schedule", "").replace("steps: 12", "steps: 30");
        var once = TinyJob.in(folder.resolve("once"), model).run(longer);
        assertThat(once.failure()).isEqualTo("(none)");
        assertThat(remembers(once)).isTrue();
        var first = each.all(Event.Stepped.class).get(0);
        var same = once.all(Event.Stepped.class).get(0);
        assertThat(same.loss()).isCloseTo(first.loss(), within(1e-5));
        assertThat(same.gradientNorm()).isCloseTo(first.gradientNorm(), within(1e-4 * first.gradientNorm()));
        assertThat(once.all(Event.Evaluated.class).get(0).metrics().get("loss"))
                .isCloseTo(each.all(Event.Evaluated.class).get(0).metrics().get("loss"), within(1e-5));
    }

    @Test
    void aLaterRunFindsThemAndEndsWithTheSameBytes() {
        var manifest = manifest(TARGETS);
        var whole = TinyJob.in(folder.resolve("whole"), "llama-tiny");
        whole.run(manifest);
        var parted = TinyJob.in(folder.resolve("parted"), "llama-tiny");
        assertThat(parted.run(manifest, 7).exit()).isEqualTo(ExitCode.INTERRUPTED);
        var rest = parted.run(manifest);
        assertThat(rest.exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(remembers(rest)).as("computed once more").isFalse();
        assertThat(parted.bytes("result/adapter_model.safetensors"))
                .isEqualTo(whole.bytes("result/adapter_model.safetensors"));
    }

    @ParameterizedTest
    @CsvSource({
        "llama-tiny, '{lora: {rank: 4, targets: [q_proj]}}'",
        "llama-tiny, '{promptTuning: {length: 3}}'",
        "llama-tiny, '{prefixTuning: {length: 3}}'",
        "gpt2-tiny, '{adapter: {}}'",
        "gpt2-tiny, '{full: {train: [\"*wpe*\", \"transformer.h.1.*\"]}}'"
    })
    void whereSomethingIsTrainedInTheLowestLayerNothingIsKept(String model, String method) {
        var outcome = TinyJob.in(folder, model).run(manifest(method));
        assertThat(outcome.failure()).isEqualTo("(none)");
        assertThat(remembers(outcome)).isFalse();
    }

    private static String manifest(String method) {
        return TinyJob.MANIFEST
                .replace("{lora: {rank: 4, dropout: 0.1}}", method)
                .replace("steps: 12", "steps: 30");
    }

    private static boolean remembers(TinyJob.Outcome outcome) {
        return outcome.all(Event.Preparing.class).stream()
                .anyMatch(event -> event.what().startsWith(ONCE));
    }
}
