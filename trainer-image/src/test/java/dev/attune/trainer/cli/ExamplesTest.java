package dev.attune.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that need no more than the quickstart's model and data, as their READMEs have them typed. */
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("../examples");

    @TempDir
    Path volumes;

    @Test
    void aJobGoesOnFromWhatAnotherProduced() throws IOException {
        layOut("model");
        layOut("data");

        assertThat(run("full")).isZero();
        assertThat(claim("persuasion/model.safetensors")).isNotEmptyFile();
        assertThat(run("continue")).isZero();

        assertThat(claim("persuasion-definitions/model.safetensors")).isNotEmptyFile();
        assertThat(claim("persuasion-definitions/adapter_config.json"))
                .as("merged, so that it stands alone")
                .doesNotExist();
        for (var result : new String[] {"persuasion", "persuasion-definitions"}) {
            var loss = history(claim(result));
            assertThat(loss[1]).as("loss of " + result).isLessThan(loss[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear-probe", "head"})
    void aFrozenModelTellsTwoWritersApart(String example) throws IOException {
        layOut("model");
        layOut("data");

        assertThat(run(example)).isZero();

        var result = claim(example.equals("head") ? "writers-head" : "writers-probe");
        assertThat(result.resolve("model.safetensors")).isNotEmptyFile();
        var accuracies = new ObjectMapper()
                .readTree(result.resolve("trainer_state.json").toFile())
                .path("log_history")
                .findValues("eval_accuracy");
        assertThat(accuracies.get(accuracies.size() - 1).asDouble()).isGreaterThan(0.7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dora", "ia3", "quantized"})
    void aMethodLearns(String example) throws IOException {
        layOut("model");
        layOut("data");

        assertThat(run(example)).isZero();

        assertThat(claim(example + "/adapter_config.json")).isNotEmptyFile();
        var loss = history(claim(example));
        assertThat(loss[1]).isLessThan(loss[0]);
    }

    private int run(String example) {
        return Attune.commandLine()
                .execute(
                        "run",
                        "-f",
                        EXAMPLES.resolve(example).resolve("job.yaml").toString(),
                        "--volumes",
                        volumes.toString());
    }

    private Path claim(String path) {
        return volumes.resolve("quickstart").resolve(path);
    }

    private void layOut(String folder) throws IOException {
        Files.createDirectories(claim(folder));
        try (var files =
                Files.list(EXAMPLES.resolve("quickstart/volumes/quickstart").resolve(folder))) {
            for (var file : files.toList()) {
                Files.copy(file, claim(folder).resolve(file.getFileName()));
            }
        }
    }

    /** The evaluation losses before the first step and after the last. */
    private static double[] history(Path result) throws IOException {
        var losses = new ObjectMapper()
                .readTree(result.resolve("trainer_state.json").toFile())
                .path("log_history")
                .findValues("eval_loss");
        return new double[] {
            losses.get(0).asDouble(), losses.get(losses.size() - 1).asDouble()
        };
    }
}
