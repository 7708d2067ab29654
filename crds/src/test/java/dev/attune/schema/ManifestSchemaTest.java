package dev.attune.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ManifestSchemaTest {

    private static final Path VALID = Path.of("src/test/resources/manifests/valid");

    private final ManifestSchema schema = ManifestSchema.bundled();

    @Test
    void fillsInDefaultsAsTheApiServerDoes() {
        var manifest = Manifests.read(VALID.resolve("smallest.yaml")).get(0);

        var checked = schema.check(manifest.content());

        assertThat(checked.problems()).isEmpty();
        var spec = checked.job().getSpec();
        assertThat(spec.method().lora().rank()).isEqualTo(8);
        assertThat(spec.training().warmup()).isEqualTo(0.03);
        assertThat(spec.checkpoints().keep()).isEqualTo(3);
        assertThat(spec.suspend()).isFalse();
    }
}
