package dev.attune.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that need no more than the quickstart's claims and a small model, as their READMEs have them typed. */
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("../examples");
    private static final Path MODELS = Path.of("src/test/resources/fixtures/models");

    /** Tests of their own run these, here and elsewhere. */
    private static final Set<String> RUN_BY_OTHERS =
            Set.of("quickstart", "smollm2-lora", "full", "continue", "linear-probe", "head");

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

    @Test
    void aJobGoesOnFromACheckpointOfAnother() throws IOException {
        layOut("model");
        layOut("data");
        var first =
                manifest("full", "steps: 60", "steps: 4").replace("  output:", "  checkpoints: {every: 2}\n  output:");
        var second =
                manifest("continue", "steps: 40", "steps: 2").replace("job://persuasion", "job://persuasion/step-2");

        assertThat(run(Files.writeString(volumes.resolve("first.yaml"), first))).isZero();
        assertThat(run(Files.writeString(volumes.resolve("second.yaml"), second)))
                .isZero();

        assertThat(claim("persuasion-definitions/model.safetensors")).isNotEmptyFile();
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

    static Stream<String> examples() throws IOException {
        try (var folders = Files.list(EXAMPLES)) {
            return folders
                    .filter(folder -> Files.exists(folder.resolve("job.yaml")))
                    .map(folder -> folder.getFileName().toString())
                    .filter(example -> !RUN_BY_OTHERS.contains(example))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleLearns(String example) throws IOException {
        layOut("model");
        layOut("data");
        layOutModel("bert-tiny", "bert");
        layOutModel("t5-tiny", "t5");

        assertThat(run(example)).isZero();

        var loss = history(volumes.resolve(result(example)));
        assertThat(loss[1]).isLessThan(loss[0]);
    }

    private int run(String example) {
        return run(EXAMPLES.resolve(example).resolve("job.yaml"));
    }

    private int run(Path manifest) {
        return Attune.commandLine().execute("run", "-f", manifest.toString(), "--volumes", volumes.toString());
    }

    private static String manifest(String example, String steps, String fewer) throws IOException {
        return Files.readString(EXAMPLES.resolve(example).resolve("job.yaml")).replace(steps, fewer);
    }

    /** Where an example's manifest has its result, below the folder of all claims. */
    private static Path result(String example) throws IOException {
        var job = new ObjectMapper(new YAMLFactory())
                .readTree(EXAMPLES.resolve(example).resolve("job.yaml").toFile());
        return Path.of(job.at("/spec/output/to").asText().replaceFirst("^pvc://", ""));
    }

    private Path claim(String path) {
        return volumes.resolve("quickstart").resolve(path);
    }

    private void layOut(String folder) throws IOException {
        copy(EXAMPLES.resolve("quickstart/volumes/quickstart").resolve(folder), claim(folder));
    }

    /** A model that a reader of the example has to bring; here the smallest of its kind. */
    private void layOutModel(String fixture, String name) throws IOException {
        copy(MODELS.resolve(fixture), volumes.resolve("models").resolve(name));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
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
