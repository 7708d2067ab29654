package dev.attune.trainer.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.trainer.estimate.Family.Part;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FamilyTest {

    private static final Path MODELS = Path.of("src/test/resources/fixtures/models");

    @Test
    void everyArchitectureHasOne() {
        assertThat(Family.known()).isEqualTo(Architectures.known());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-tiny",
                "distilbert-tiny",
                "gpt2-tiny",
                "gpt-neox-tiny",
                "llama-tiny",
                "mistral-tiny",
                "qwen2-tiny",
                "roberta-tiny",
                "t5-tiny",
                "t5-gated-tiny"
            })
    void everyLinearLayerOfALayerIsForSomething(String model) {
        var config = ModelFolder.config(MODELS.resolve(model));
        var family = Family.of(config.text("model_type", ""));
        var layers = Architectures.of(config, Task.LANGUAGE_MODELING).parameters().stream()
                .filter(parameter -> parameter.layer().isPresent() && parameter.isLinear())
                .collect(Collectors.groupingBy(Parameter::layer));

        assertThat(layers).isNotEmpty();
        layers.values().forEach(layer -> {
            var parts = layer.stream().map(Parameter::module).map(family::part).toList();
            assertThat(parts)
                    .contains(Part.READING, Part.WRITING, Part.UP, Part.DOWN)
                    .doesNotContain(Part.OTHER);
        });
    }
}
