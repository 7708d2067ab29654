package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.protocol.ExitCode;
import dev.attune.trainer.checkpoint.Manifest;
import dev.attune.trainer.digest.Digests;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole jobs whose optimiser keeps its moments in 8 bits. */
class OptimizerTest {

    private static final String EXACT = TinyJob.MANIFEST
            .replace("{lora: {rank: 4, dropout: 0.1}}", "{full: {}}")
            .replace("training: {", "training: {optimizer: adamw, ");

    private static final String CODED = EXACT.replace("adamw", "adamw8bit");

    @TempDir
    Path folder;

    private TinyJob job(String name) {
        return TinyJob.in(folder.resolve(name), "llama-tiny");
    }

    @Test
    void learnsAboutTheSame() {
        var exact = job("exact").run(EXACT).all(Stepped.class);
        var coded = job("coded").run(CODED).all(Stepped.class);

        assertThat(exact).hasSize(12);
        assertThat(exact.get(11).loss()).isLessThan(0.8 * exact.get(0).loss());
        assertThat(coded)
                .zipSatisfy(
                        exact,
                        (step, same) -> assertThat(step.loss()).isCloseTo(same.loss(), within(0.02 * same.loss())));
    }

    @Test
    void aRunThatWasStoppedEndsAsOneThatWasNot() {
        var whole = job("whole");
        whole.run(CODED);
        var parted = job("parted");
        assertThat(parted.run(CODED, 5).exit()).isEqualTo(ExitCode.INTERRUPTED);
        var remembered = SafetensorsFile.open(parted.file("result/checkpoints/step-5/optimizer.safetensors"));
        assertThat(remembered.names()).anyMatch(name -> name.endsWith("embed_tokens.weight.exp_avg.absmax"));

        assertThat(parted.run(CODED).exit()).isEqualTo(ExitCode.SUCCEEDED);

        assertThat(parted.bytes("result/model.safetensors")).isEqualTo(whole.bytes("result/model.safetensors"));
    }

    @Test
    void whatIsRoundedAtRandomIsSoAlikeWhateverTheSizeOfAMicroBatch() {
        var single = job("single")
                .run(CODED.replace("microBatchSize: 2", "microBatchSize: 1"))
                .all(Stepped.class);
        var whole = job("whole")
                .run(CODED.replace("microBatchSize: 2", "microBatchSize: 4"))
                .all(Stepped.class);

        assertThat(single)
                .zipSatisfy(whole, (step, same) -> assertThat(step.loss()).isCloseTo(same.loss(), within(1e-3)));
    }

    @Test
    void aCheckpointOfAnotherVersionIsRefusedWithWhatToDo() throws IOException {
        var job = job("old");
        job.run(CODED, 5);
        var file = job.file("result/checkpoints/step-5/optimizer.safetensors");
        var manifest = job.file("result/checkpoints/step-5/" + Manifest.FILE);
        var digest = Digests.of(file);
        var renamed =
                new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).replace("exp_avg_sq", "exp_avg_no");
        Files.write(file, renamed.getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(manifest, Files.readString(manifest).replace(digest, Digests.of(file)));

        var again = job.run(CODED);

        assertThat(again.exit()).isEqualTo(ExitCode.INVALID);
        assertThat(again.failure()).contains("optimizer.safetensors", "another version", "delete");
    }
}
