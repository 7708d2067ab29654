package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Event;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A job whose model is a checkpoint of another. */
class CheckpointStartTest {

    private static final String SECOND = TinyJob.MANIFEST
            .replace("pvc://v/model", "pvc://v/result/checkpoints/step-9")
            .replace("pvc://v/result}", "pvc://v/second}");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"lora: {rank: 4}", "lora: {variant: dora}", "ia3: {}", "full: {}"})
    void itGoesOnFromWhatWasLearntUpToThere(String method) {
        var job = TinyJob.in(folder, "llama-tiny");
        var first = job.run(first(method).replace("every: 5", "every: 9"));
        assertThat(first.exit()).as(first.failure()).isEqualTo(ExitCode.SUCCEEDED);

        var second = job.run(SECOND);

        assertThat(second.exit()).as(second.failure()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(loss(second, 0)).isCloseTo(loss(first, 9), within(1e-5)).isNotCloseTo(loss(first, 0), within(1e-3));
    }

    @ParameterizedTest
    @CsvSource({"'full: {train: [\"*norm.weight\"]}', a part of the model's weights", "adapter: {}, can't be folded"})
    void oneThatNothingCanBeTrainedOnIsRefused(String method, String why) {
        var job = TinyJob.in(folder, "llama-tiny");
        var first = job.run(first(method));
        assertThat(first.exit()).as(first.failure()).isEqualTo(ExitCode.SUCCEEDED);

        var second = job.run(SECOND);

        assertThat(second.exit()).isEqualTo(ExitCode.INVALID);
        assertThat(second.failure()).contains("spec.model.from", "step-9", why, "start from");
    }

    private static String first(String method) {
        return TinyJob.MANIFEST.replaceAll("lora: .*", method + "}");
    }

    private static double loss(TinyJob.Outcome outcome, int step) {
        return outcome.all(Event.Evaluated.class).stream()
                .filter(evaluated -> evaluated.step() == step)
                .findFirst()
                .orElseThrow()
                .metrics()
                .get("loss");
    }
}
