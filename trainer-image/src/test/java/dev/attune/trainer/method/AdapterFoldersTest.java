package dev.attune.trainer.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterFoldersTest {

    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "vera_A, false, is missing",
        "vera_B, false, is missing",
        "vera_A, true, has shape",
        "vera_B, true, has shape"
    })
    void matrices_that_vera_keeps_must_be_there_and_fit(String name, boolean there, String message) throws IOException {
        var kept = FIXTURES.resolve("adapters/gpt2-tiny-vera-lm-kept/init");
        Files.copy(kept.resolve(AdapterFiles.CONFIG), folder.resolve(AdapterFiles.CONFIG));
        var file = SafetensorsFile.open(kept.resolve(Peft.WEIGHTS));
        var arrays = new LinkedHashMap<String, NDArray>();
        file.names().forEach(each -> arrays.put(each, file.floats(each)));
        var whole = arrays.remove("base_model." + name);
        if (there) {
            arrays.put("base_model." + name, whole.get("1:,1:"));
        }
        SafetensorsWriter.write(folder.resolve(Peft.WEIGHTS), arrays);

        assertThatThrownBy(() -> Methods.load(model("gpt2-tiny", Task.LANGUAGE_MODELING), folder))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining("tensor base_model." + name + " " + message);
    }

    @Test
    void what_is_kept_whole_with_an_adapter_is_no_target_of_it() {
        var classes = new Task(Task.Kind.CLASSIFICATION, List.of("a", "b", "c", "d"));
        var model = model("distilbert-cls-tiny", classes);
        assertThat(Layers.linear(model.architecture()).all())
                .extracting(Parameter::module)
                .noneMatch(name -> name.contains("classifier"));
    }

    private static Model model(String name, Task task) {
        return ModelFolder.load("model", FIXTURES.resolve("models").resolve(name), task, 0, Architectures::of);
    }
}
