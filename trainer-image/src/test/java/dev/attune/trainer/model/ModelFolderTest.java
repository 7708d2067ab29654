package dev.attune.trainer.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {

    private static final Path TIED = Path.of("src/test/resources/fixtures/models/llama-tiny");

    @TempDir
    Path folder;

    @Test
    void a_head_beside_an_embedding_that_serves_as_one_may_be_a_copy_alone() throws IOException {
        write(0);
        assertThatCode(this::load).doesNotThrowAnyException();
        write(1);
        assertThatThrownBy(this::load)
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining("model.safetensors: tensor lm_head.weight differs from model.embed_tokens.weight")
                .hasMessageContaining("set tie_word_embeddings to false");
    }

    private void write(float difference) throws IOException {
        Files.copy(
                TIED.resolve(ModelFolder.CONFIG),
                folder.resolve(ModelFolder.CONFIG),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        var file = SafetensorsFile.open(TIED.resolve(ModelFolder.WEIGHTS));
        var arrays = new LinkedHashMap<String, NDArray>();
        file.names().forEach(name -> arrays.put(name, file.floats(name)));
        arrays.put("lm_head.weight", arrays.get("model.embed_tokens.weight").add(difference));
        SafetensorsWriter.write(folder.resolve(ModelFolder.WEIGHTS), arrays);
    }

    private Model load() {
        return ModelFolder.load("model", folder, Task.LANGUAGE_MODELING, 0, Architectures::of);
    }
}
