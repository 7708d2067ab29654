package dev.attune.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.schema.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed reference is what the types say. {@code -Dattune.update} writes it anew. */
class ReferenceIsCurrentTest {

    private static final Path COMMITTED = Path.of("../docs/reference.md");
    private static final Path EXAMPLE = Path.of("src/test/resources/manifests/valid/smallest.yaml");

    @Test
    void committedReferenceIsWhatTheTypesSay(@TempDir Path folder) throws IOException {
        var definition =
                Manifests.parse("definition", CrdIsCurrentTest.generate(folder)).get(0);
        var page = ReferencePage.of(definition.content(), Files.readString(EXAMPLE));
        if (System.getProperty("attune.update") != null) {
            Files.createDirectories(COMMITTED.getParent());
            Files.writeString(COMMITTED, page);
        }
        assertThat(COMMITTED).as("run with -Dattune.update to renew it").hasContent(page);
    }
}
