package dev.attune.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EstimateTest {

    private static final Path MODEL = Path.of("src/test/resources/fixtures/models/llama-tiny");

    private static final String MANIFEST = """
            apiVersion: attune.dev/v1alpha1
            kind: FineTuneJob
            metadata: {name: tiny}
            spec:
              model: {from: pvc://v/model}
              data: {train: [{from: pvc://v/train.jsonl}]}
              objective: {instruction: {}}
              method: {METHOD}
              training: {batchSize: 4, microBatchSize: 4, sequenceLength: 64}
              output: {to: pvc://v/result}
              trainer: {resources: {limits: {memory: MEMORY}}}
            """;

    @TempDir
    Path folder;

    private String manifest = MANIFEST;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void layOut() throws IOException {
        var model = Files.createDirectories(folder.resolve("volumes/v/model"));
        try (var files = Files.list(MODEL)) {
            for (var file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName().toString()));
            }
        }
        Files.writeString(
                folder.resolve("volumes/v/train.jsonl"), "{\"prompt\": \"1 plus 1 is\", \"completion\": \" 2\"}");
    }

    @Test
    void tellsWhatAJobTakesThatFits() throws IOException {
        assertThat(estimate("lora: {rank: 4}", "4Gi")).isZero();

        assertThat(out.toString())
                .startsWith("tiny: lora on pvc://v/model\n4 texts of 64 tokens at a time, 4 a step\n")
                .containsPattern("\nparameters +[0-9,]+\n")
                .containsPattern("\ntrained +[0-9,]+\n")
                .containsPattern("\npeak memory +[0-9.]+ MiB\n")
                .containsPattern("\n  activations +[0-9.]+ MiB\n")
                .containsPattern("\ncheckpoint +[0-9.]+ MiB\n")
                .containsPattern("\na step +[0-9.e-]+ s ")
                .endsWith("\nfits: spec.trainer.resources.limits.memory has 4.00 GiB\n");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void tellsProgramsTheSameInBytes() throws IOException {
        assertThat(estimate("lora: {rank: 4}", "4Gi", "--json")).isZero();

        var json = new ObjectMapper().readTree(out.toString());
        assertThat(json.path("limitBytes").asLong()).isEqualTo(4L << 30);
        assertThat(json.path("fits").asBoolean()).isTrue();
        assertThat(json.path("peakBytes").asLong())
                .isGreaterThan(json.path("memory").path("activations").asLong());
        assertThat(json.path("secondsPerStep").asDouble()).isPositive();
    }

    @Test
    void tellsWhatToWriteInsteadOfAJobThatDoesNotFit() throws IOException {
        assertThat(estimate("full: {}", "8Mi")).isEqualTo(3);

        assertThat(out.toString())
                .contains("does not fit: spec.trainer.resources.limits.memory has 8.0 MiB")
                .containsPattern("spec.training.microBatchSize: 1 +[0-9.]+ MiB\n")
                .containsPattern("spec.training.sequenceLength: 32 +[0-9.]+ MiB\n")
                .containsPattern("spec.training.optimizer: adamw8bit +[0-9.]+ MiB\n")
                .containsPattern("spec.method: \\{lora: \\{}} +[0-9.]+ MiB\n");
    }

    @Test
    void anAutomaticMicroBatchIsTheOneThatFits() throws IOException {
        manifest = manifest.replace("microBatchSize: 4", "microBatchSize: auto");

        estimate("lora: {rank: 4}", "8Mi");

        assertThat(out.toString()).contains("\n1 text of 64 tokens at a time, 4 a step\n");
    }

    @Test
    void aModelThatIsNotThereIsToldAsARunTellsIt() throws IOException {
        Files.move(folder.resolve("volumes/v/model"), folder.resolve("volumes/v/other"));

        assertThat(estimate("lora: {}", "4Gi")).isEqualTo(64);

        assertThat(err.toString()).startsWith("spec.model.from: pvc://v/model does not exist (looked for");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aTargetThatTheModelLacksIsToldAsARunTellsIt() throws IOException {
        assertThat(estimate("lora: {targets: [q_porj]}", "4Gi")).isEqualTo(64);

        assertThat(err.toString())
                .contains("spec.method.lora.targets: no linear layer or embedding of the model is named q_porj")
                .contains("There are embed_tokens, q_proj,");
    }

    @Test
    void aManifestThatIsWrongIsToldByLine() throws IOException {
        assertThat(estimate("lora: {rank: 0}", "4Gi")).isEqualTo(64);

        assertThat(err.toString()).contains("job.yaml:8: spec.method.lora.rank: 0 is below");
    }

    @Test
    void weightsThatDoNotFitTheirConfigurationAreToldWithoutReadingThem() throws IOException {
        var config = folder.resolve("volumes/v/model/config.json");
        Files.writeString(
                config,
                Files.readString(config).replaceFirst("\"intermediate_size\": \\d+", "\"intermediate_size\": 7"));

        assertThat(estimate("lora: {}", "4Gi")).isEqualTo(64);

        assertThat(err.toString()).contains("tensor model.layers.0.mlp.gate_proj.weight has shape (");
    }

    private int estimate(String method, String memory, String... options) throws IOException {
        var file = Files.writeString(
                folder.resolve("job.yaml"), manifest.replace("METHOD", method).replace("MEMORY", memory));
        return Attune.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(Stream.concat(Stream.of("estimate", "-f", file.toString()), Stream.of(options))
                        .toArray(String[]::new));
    }
}
