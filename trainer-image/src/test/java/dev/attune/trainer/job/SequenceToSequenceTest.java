package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Event;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole jobs on encoder-decoders, and on others with the objective that is theirs. */
class SequenceToSequenceTest {

    private static final String MANIFEST = TinyJob.MANIFEST
            .replace("instruction: {}", "sequenceToSequence: {prefix: \"add: \", targetLength: 6}")
            .replace("steps: 12", "steps: 24");
    private static final String FULL = MANIFEST.replaceAll("lora: .*", "full: {}}");
    private static final String TEXT = MANIFEST.replaceAll("objective: .*", "objective: {languageModeling: {}}")
            .replace("train.jsonl}", "train.jsonl, columns: {text: prompt}}")
            .replace("learningRate", "sequenceLength: 48, learningRate");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"t5-tiny", "t5-gated-tiny", "llama-tiny"})
    void targetsAreLearntAndWritten(String model) {
        var run = TinyJob.in(folder, model).run(FULL);

        assertThat(run.failure()).isEqualTo("(none)");
        var steps = run.all(Event.Stepped.class);
        assertThat(steps.get(steps.size() - 1).loss())
                .isLessThan(0.9 * steps.get(0).loss());
        assertThat(run.all(Event.Generated.class))
                .hasSize(6)
                .allSatisfy(written ->
                        assertThat(written.prompt()).startsWith("add: ").contains(" plus "));
    }

    @ParameterizedTest
    @CsvSource({"adapter, adapter_model.safetensors", "merged, model.safetensors"})
    void aRunThatWasStoppedEndsAsOneThatWasNot(String form, String file) {
        resumes(MANIFEST.replace("result}", "result, form: " + form + "}"), file);
    }

    @Test
    void spansAreLeftOutAlikeAfterAResumption() {
        resumes(TEXT, "adapter_model.safetensors");
    }

    private void resumes(String manifest, String file) {
        var whole = TinyJob.in(folder.resolve("whole"), "t5-gated-tiny");
        assertThat(whole.run(manifest).failure()).isEqualTo("(none)");
        var parted = TinyJob.in(folder.resolve("parted"), "t5-gated-tiny");
        assertThat(parted.run(manifest, 5).exit()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(parted.run(manifest).exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(parted.bytes("result/" + file)).isEqualTo(whole.bytes("result/" + file));
    }

    @Test
    void aMergedResultIsStartedFromAgain() {
        var job = TinyJob.in(folder, "t5-gated-tiny");
        job.run(FULL);
        var again = job.run(
                FULL.replace("pvc://v/model", "pvc://v/result").replace("to: pvc://v/result", "to: pvc://v/second"));
        assertThat(again.failure()).isEqualTo("(none)");
        assertThat(loss(again)).isLessThan(loss(job(folder.resolve("anew"))));
    }

    private static TinyJob.Outcome job(Path folder) {
        return TinyJob.in(folder, "t5-gated-tiny").run(FULL);
    }

    private static double loss(TinyJob.Outcome run) {
        return run.all(Event.Stepped.class).get(0).loss();
    }

    @Test
    void aDecoderHasNoTokensThatStandForSpansAndNeedsNone() {
        var run = TinyJob.in(folder, "llama-tiny").run(TEXT);
        assertThat(run.failure()).isEqualTo("(none)");
    }

    @Test
    void whatAnEncoderDecoderCanNotLearnIsRefusedWithWhatItCan() {
        var job = TinyJob.in(folder, "t5-tiny");
        assertThat(List.of(
                        job.run(TinyJob.MANIFEST).failure(),
                        job.run(TEXT.replace("sequenceLength: 48", "sequenceLength: 2048"))
                                .failure()))
                .satisfiesExactly(
                        message -> assertThat(message).contains("sequenceToSequence: {}"),
                        message -> assertThat(message).contains("spec.training.sequenceLength", "lower it to"));
    }
}
