package dev.attune.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the repository shows people to copy, as files and in its pages, is what the API server takes. */
class ExamplesTest {

    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyExampleIsValid() throws IOException {
        var schema = ManifestSchema.bundled();
        var jobs = Stream.of("examples", "docs", "README.md")
                .map(REPOSITORY::resolve)
                .filter(Files::exists)
                .flatMap(ExamplesTest::files)
                .flatMap(ExamplesTest::jobs)
                .toList();

        assertThat(jobs)
                .hasSizeGreaterThan(3)
                .allSatisfy(job -> assertThat(schema.check(job.content()).problems())
                        .as(job.source())
                        .isEmpty());
    }

    private static Stream<Path> files(Path folder) {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The whole jobs of a file; the patches of a kustomization are parts. */
    private static Stream<Manifest> jobs(Path file) {
        var name = file.getFileName().toString();
        var texts = name.endsWith(".md")
                ? BLOCK.matcher(text(file))
                        .results()
                        .map(block -> block.group(1))
                        .toList()
                : name.matches("(?!kustomization).*[.]ya?ml") ? List.of(text(file)) : List.<String>of();
        return texts.stream()
                .filter(text -> text.contains("kind: FineTuneJob\n") && text.contains("apiVersion: attune.dev/"))
                .flatMap(text -> Manifests.parse(file.toString(), text).stream())
                .filter(manifest -> manifest.kind().equals("FineTuneJob"));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
