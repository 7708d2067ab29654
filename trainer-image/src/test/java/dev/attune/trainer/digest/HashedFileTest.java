package dev.attune.trainer.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashedFileTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 4 << 20, 40_000_000})
    void theDigestIsThatOfTheFile(int size) throws IOException {
        var path = folder.resolve("file");
        Files.writeString(path, "what was there before");
        var bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        try (var file = HashedFile.create(path)) {
            for (var i = 0; i < 3; i++) {
                file.write(ByteBuffer.wrap(bytes));
            }
            assertThat(file.finish()).isEqualTo(Digests.of(path));
        }
        assertThat(path).hasSize(3L * size);
    }

    @Test
    void aFullDiskIsAnError() throws IOException {
        var full = Path.of("/dev/full");
        assumeThat(full).exists();
        try (var file = HashedFile.create(full)) {
            assertThatIOException()
                    .isThrownBy(() -> {
                        file.write(ByteBuffer.allocateDirect(1 << 20));
                        file.finish();
                    })
                    .withMessageContaining("No space left");
        }
    }
}
