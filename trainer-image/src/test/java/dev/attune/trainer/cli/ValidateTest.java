package dev.attune.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ValidateTest {

    private static final Path MANIFESTS = Path.of("../crds/src/test/resources/manifests");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void namesEachJobThatIsValid() {
        var smallest = MANIFESTS.resolve("valid/smallest.yaml");
        var full = MANIFESTS.resolve("valid/full-on-running-text.yaml");

        assertThat(validate("-f", smallest.toString(), full.toString())).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        smallest + ": FineTuneJob support-tone is valid", full + ": FineTuneJob corpus- is valid");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void saysInWhichLineWhatIsWrong() {
        var file = MANIFESTS.resolve("invalid/several-at-once.yaml");

        assertThat(validate("-f", file.toString())).isEqualTo(64);

        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith(file + ":13: spec.data.train[0].from: "),
                        line -> assertThat(line).startsWith(file + ":17: spec.method.lora.rank: 0 is below"),
                        line -> assertThat(line).startsWith(file + ":20: spec.training.schedule: "));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void saysWhereAFileIsNoYaml() {
        var file = MANIFESTS.resolve("invalid/not-yaml.yaml");

        assertThat(validate("-f", file.toString())).isEqualTo(64);

        assertThat(err.toString()).startsWith(file + ":15:19: is not YAML: ");
    }

    @Test
    void checksEveryFileEvenAfterABadOne(@TempDir Path folder) {
        var missing = folder.resolve("missing.yaml");
        var smallest = MANIFESTS.resolve("valid/smallest.yaml");

        assertThat(validate("-f", missing.toString(), "-f", smallest.toString()))
                .isEqualTo(64);

        assertThat(err.toString().lines()).containsExactly(missing + ": there is no such file");
        assertThat(out.toString().lines()).containsExactly(smallest + ": FineTuneJob support-tone is valid");
    }

    @Test
    void passesOverDocumentsOfOtherKindsBesideAJob(@TempDir Path folder) throws IOException {
        var claim = """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: work}
                ---
                """;
        var both = Files.writeString(
                folder.resolve("both.yaml"), claim + Files.readString(MANIFESTS.resolve("valid/smallest.yaml")));
        var alone = Files.writeString(folder.resolve("alone.yaml"), claim);

        assertThat(validate("-f", both.toString())).isZero();
        assertThat(validate("-f", alone.toString())).isEqualTo(64);
        assertThat(err.toString().lines())
                .containsExactly(
                        alone + ":1: apiVersion: \"v1\" is not known here, write attune.dev/v1alpha1",
                        alone + ":2: kind: \"PersistentVolumeClaim\" is not known here, write FineTuneJob");
    }

    private int validate(String... arguments) {
        return new CommandLine(new Validate())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
