package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Event;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTest {

    private static final String ADAPTER = "result/adapter_model.safetensors";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"llama-tiny, 1", "llama-tiny, 5", "gpt2-tiny, 7"})
    void aRunThatWasStoppedEndsAsOneThatWasNot(String model, int stopAfter) {
        var whole = TinyJob.in(folder.resolve("whole"), model);
        assertThat(whole.run(TinyJob.MANIFEST).exit()).isEqualTo(ExitCode.SUCCEEDED);

        var parted = TinyJob.in(folder.resolve("parted"), model);
        assertThat(parted.run(TinyJob.MANIFEST, stopAfter).exit()).isEqualTo(ExitCode.INTERRUPTED);
        var rest = parted.run(TinyJob.MANIFEST);
        assertThat(rest.all(Event.Started.class).get(0).trainer().resumedFrom()).isEqualTo(stopAfter);
        assertThat(rest.exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(parted.bytes(ADAPTER)).isEqualTo(whole.bytes(ADAPTER));
    }

    @Test
    void aStopThatIsHeardBehindAnEvaluationLosesNoStepOfALongRun() {
        var job = TinyJob.in(folder, "llama-tiny");
        var manifest = TinyJob.MANIFEST
                .replace("steps: 12", "steps: 10000")
                .replace("checkpoints: {every: 3, ", "checkpoints: {every: 10000, ");

        var first = job.run(
                manifest,
                events -> events.get(events.size() - 1) instanceof Event.Evaluated measured && measured.step() == 5);
        var rest = job.run(manifest, 1);

        var steps = first.all(Event.Stepped.class);
        assertThat(steps).hasSize(5);
        assertThat(rest.all(Event.Started.class).get(0).history()).contains(steps.get(4));
        assertThat(rest.all(Event.Stepped.class).get(0).tokens())
                .isGreaterThan(steps.get(4).tokens());
    }

    @Test
    void fullFineTuningResumesToTheSameBytes() {
        var manifest = TinyJob.MANIFEST.replaceAll("lora: .*", "full: {}}");
        var whole = TinyJob.in(folder.resolve("whole"), "llama-tiny");
        whole.run(manifest);
        var parted = TinyJob.in(folder.resolve("parted"), "llama-tiny");
        parted.run(manifest, 4);
        assertThat(parted.run(manifest).exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(parted.bytes("result/model.safetensors")).isEqualTo(whole.bytes("result/model.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncated", "flipped", "missing", "without manifest"})
    void aBrokenCheckpointIsPassedOverAndTheOneBeforeIsUsed(String damage) throws IOException {
        var whole = TinyJob.in(folder.resolve("whole"), "llama-tiny");
        whole.run(TinyJob.MANIFEST);
        var job = TinyJob.in(folder.resolve("damaged"), "llama-tiny");
        job.run(TinyJob.MANIFEST, 7);
        damage(job.file("result/checkpoints/step-7"), damage);

        var rest = job.run(TinyJob.MANIFEST);

        assertThat(rest.all(Event.Warned.class))
                .singleElement()
                .satisfies(warned -> assertThat(warned.message()).contains("step-7", "the one before is used"));
        assertThat(rest.all(Event.Started.class).get(0).trainer().resumedFrom()).isEqualTo(6);
        assertThat(job.bytes(ADAPTER)).isEqualTo(whole.bytes(ADAPTER));
    }

    private static void damage(Path checkpoint, String damage) throws IOException {
        var file = checkpoint.resolve("optimizer.safetensors");
        switch (damage) {
            case "missing" -> Files.delete(file);
            case "without manifest" -> Files.delete(checkpoint.resolve("manifest.json"));
            default -> {
                try (var open = new RandomAccessFile(file.toFile(), "rw")) {
                    if (damage.equals("truncated")) {
                        open.setLength(open.length() - 1);
                    } else {
                        open.seek(open.length() - 9);
                        var number = open.read();
                        open.seek(open.length() - 9);
                        open.write(number ^ 1);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora: {rank: 4, dropout: 0.1}", "full: {}"})
    void aCheckpointThatIsWrittenWhileTrainingGoesOnHoldsItsOwnStep(String method) {
        var manifest = TinyJob.MANIFEST.replaceAll("lora: .*", method + "}").replace("keep: 3", "keep: 4");
        var going = TinyJob.in(folder.resolve("going"), "llama-tiny");
        var events = going.run(manifest).events();
        var standing = TinyJob.in(folder.resolve("standing"), "llama-tiny");
        standing.run(manifest, 3);

        var files = method.startsWith("full")
                ? List.of("model.safetensors", "optimizer.safetensors")
                : List.of("trained.safetensors", "adapter_model.safetensors", "optimizer.safetensors");
        for (var file : files) {
            var path = "result/checkpoints/step-3/" + file;
            assertThat(going.bytes(path)).as(file).isEqualTo(standing.bytes(path));
        }
        assertThat(events.stream()
                        .filter(event -> event instanceof Event.Stepped || event instanceof Event.Saved)
                        .map(event -> event instanceof Event.Stepped stepped
                                ? "stepped " + stepped.step()
                                : "saved " + ((Event.Saved) event).step()))
                .containsSubsequence("stepped 3", "saved 3", "stepped 4", "stepped 6", "saved 6", "stepped 7");
    }

    @Test
    void theNewestFewCheckpointsAreKept() throws IOException {
        var job = TinyJob.in(folder, "llama-tiny");
        job.run(TinyJob.MANIFEST);
        try (var left = Files.list(job.file("result/checkpoints"))) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("step-6", "step-9", "step-12");
        }
    }

    @Test
    void aSecondRunFindsTheResultAndChangesNothing() {
        var job = TinyJob.in(folder, "llama-tiny");
        var result = job.run(TinyJob.MANIFEST).all(Event.Succeeded.class).get(0).result();
        var again = job.run(TinyJob.MANIFEST);
        assertThat(again.exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(again.all(Event.AlreadyDone.class))
                .singleElement()
                .satisfies(done -> assertThat(done.result()).isEqualTo(result));
        assertThat(again.all(Event.Stepped.class)).isEmpty();
    }

    @Test
    void anotherRecipeNeitherOverwritesAResultNorResumesItsCheckpoints() {
        var job = TinyJob.in(folder, "llama-tiny");
        job.run(TinyJob.MANIFEST);
        var other = TinyJob.MANIFEST.replace("rank: 4", "rank: 2");
        assertThat(job.run(other).failure()).contains("spec.output.to", "another recipe");
        var elsewhere = other.replace("to: pvc://v/result", "to: pvc://v/other")
                .replace("checkpoints: {", "checkpoints: {to: pvc://v/result/checkpoints, ");
        assertThat(job.run(elsewhere).failure()).contains("spec.checkpoints.to", "another recipe");
    }

    @Test
    void microBatchesChangeTheResultByNoMoreThanRounding() {
        var losses = folder.resolve("a");
        var small = TinyJob.in(losses, "llama-tiny").run(TinyJob.MANIFEST.replace("dropout: 0.1", "dropout: 0.0"));
        var large = TinyJob.in(folder.resolve("b"), "llama-tiny")
                .run(TinyJob.MANIFEST
                        .replace("dropout: 0.1", "dropout: 0.0")
                        .replace("microBatchSize: 2", "microBatchSize: 4"));
        for (var i = 0; i < 12; i++) {
            var one = small.all(Event.Stepped.class).get(i).loss();
            var other = large.all(Event.Stepped.class).get(i).loss();
            assertThat(Math.abs(one - other)).isLessThan(1e-4);
        }
    }
}
