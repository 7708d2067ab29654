package dev.attune.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file of manifests/invalid begins with what is wrong with it, a comment a problem: where it is and how its message begins. */
class InvalidManifestsTest {

    private static final ManifestSchema SCHEMA = ManifestSchema.bundled();

    static Stream<Path> files() throws IOException {
        return Files.list(Path.of("src/test/resources/manifests/invalid")).sorted();
    }

    @ParameterizedTest
    @MethodSource("files")
    void saysWhatIsWrongAndNothingElse(Path file) throws IOException {
        var expected = Files.readAllLines(file).stream()
                .takeWhile(line -> line.startsWith("#"))
                .map(line -> line.substring(2))
                .toList();

        var problems = problems(file);

        assertThat(problems).hasSameSizeAs(expected);
        assertThat(expected)
                .allSatisfy(beginning -> assertThat(problems)
                        .anySatisfy(problem -> assertThat(problem).startsWith(beginning)));
    }

    private static List<String> problems(Path file) {
        try {
            return Manifests.read(file).stream()
                    .flatMap(manifest -> SCHEMA.check(manifest.content()).problems().stream())
                    .map(Problem::toString)
                    .toList();
        } catch (UnreadableManifestException e) {
            return List.of(e.getMessage().substring(file.toString().length()));
        }
    }
}
