package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.trainer.event.Event;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GradientCheckpointingTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "llama-tiny, '{lora: {rank: 4}}'",
        "llama-tiny, '{full: {}}'",
        "gpt2-tiny, '{adapter: {}}'",
        "llama-tiny, '{prefixTuning: {length: 3}}'",
        "llama-tiny, '{promptTuning: {length: 3}}'",
        "llama-tiny, '{lora: {rank: 4, quantization: nf4}}'"
    })
    void layersThatAreComputedAgainLearnTheSame(String model, String method) {
        var manifest = TinyJob.MANIFEST.replace("{lora: {rank: 4, dropout: 0.1}}", method);
        var kept = TinyJob.in(folder.resolve("kept"), model).run(manifest);
        var again = TinyJob.in(folder.resolve("again"), model).run(checkpointing(manifest));
        var losses = kept.all(Event.Stepped.class);
        assertThat(losses).hasSize(12);
        assertThat(again.all(Event.Stepped.class)).zipSatisfy(losses, (step, same) -> {
            assertThat(step.loss()).isCloseTo(same.loss(), within(1e-5));
            assertThat(step.gradientNorm()).isCloseTo(same.gradientNorm(), within(1e-4 * same.gradientNorm()));
        });
    }

    @Test
    void aRunThatWasStoppedEndsAsOneThatWasNot() {
        var manifest = checkpointing(TinyJob.MANIFEST);
        var whole = TinyJob.in(folder.resolve("whole"), "llama-tiny");
        whole.run(manifest);
        var parted = TinyJob.in(folder.resolve("parted"), "llama-tiny");
        parted.run(manifest, 5);
        parted.run(manifest);
        assertThat(parted.bytes("result/adapter_model.safetensors"))
                .isEqualTo(whole.bytes("result/adapter_model.safetensors"));
    }

    private static String checkpointing(String manifest) {
        return manifest.replace("training: {", "training: {gradientCheckpointing: true, ");
    }
}
