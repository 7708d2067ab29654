package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.safetensors.SafetensorsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole jobs by methods whose results can't be folded into the model: prompts, prefixes and bottlenecks. */
class VirtualTokensTest {

    @TempDir
    Path folder;

    private static String manifest(String method) {
        return TinyJob.MANIFEST.replaceAll("method: .*", "method: {" + method + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama-tiny | promptTuning: {length: 5} | adapter_model.safetensors",
                "gpt2-tiny | 'promptTuning: {length: 5, initialText: Sums of two numbers.}' | adapter_model.safetensors",
                "llama-tiny | prefixTuning: {length: 5} | adapter_model.safetensors",
                "gpt2-tiny | 'prefixTuning: {length: 5, projection: {hidden: 8}}' | adapter_model.safetensors",
                "llama-tiny | adapter: {placement: houlsby} | adapter.safetensors"
            })
    void aRunThatWasStoppedEndsAsOneThatWasNot(String model, String method, String result) {
        var whole = TinyJob.in(folder.resolve("whole"), model);
        var outcome = whole.run(manifest(method));
        assertThat(outcome.failure()).isEqualTo("(none)");
        assertThat(outcome.all(Event.Generated.class))
                .as("what both models write")
                .isNotEmpty();

        var parted = TinyJob.in(folder.resolve("parted"), model);
        assertThat(parted.run(manifest(method), 5).exit()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(parted.run(manifest(method)).exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(parted.bytes("result/" + result)).isEqualTo(whole.bytes("result/" + result));
    }

    @Test
    void theNetworkOfAPrefixIsNotInTheResult() {
        var job = TinyJob.in(folder, "llama-tiny");
        job.run(manifest("prefixTuning: {length: 5, projection: {}}"));
        assertThat(SafetensorsFile.open(job.file("result/adapter_model.safetensors"))
                        .names())
                .containsExactly("prompt_embeddings");
    }

    @ParameterizedTest
    @ValueSource(strings = {"promptTuning", "prefixTuning"})
    void virtualTokensThatLeaveNoRoomAreRefused(String method) {
        var outcome = TinyJob.in(folder, "llama-tiny").run(manifest(method + ": {length: 63}"));
        assertThat(outcome.failure())
                .contains("spec.method." + method + ".length: 63", "the model reads 64 tokens at most");
        assertThat(outcome.exit()).isEqualTo(ExitCode.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"promptTuning: {length: 5}", "prefixTuning: {length: 5}", "adapter: {}"})
    void aResultCanBeAskedAndNotBeTrainedOnTopOf(String method) throws Exception {
        var job = TinyJob.in(folder, "llama-tiny");
        job.run(manifest(method));

        var places = new Places(folder, folder);
        Answer.write(places, "pvc://v/model", "1 plus 1 is", folder.resolve("before"));
        Answer.write(places, "pvc://v/result", "1 plus 1 is", folder.resolve("after"));
        assertThat(Files.readAllBytes(folder.resolve("after")))
                .isNotEqualTo(Files.readAllBytes(folder.resolve("before")));
        assertThat(SafetensorsFile.open(folder.resolve("after")).shape("logits"))
                .isEqualTo(SafetensorsFile.open(folder.resolve("before")).shape("logits"));
        assertThat(StartingModel.load(places, "pvc://v/result", Task.LANGUAGE_MODELING, 0)
                        .adapter())
                .isPresent();

        var onTop = TinyJob.MANIFEST
                .replace("from: pvc://v/model", "from: pvc://v/result")
                .replace("to: pvc://v/result", "to: pvc://v/on-top");
        assertThat(job.run(onTop).failure())
                .contains("spec.model.from", "can't be folded into its model", "start from pvc://v/model");
    }
}
