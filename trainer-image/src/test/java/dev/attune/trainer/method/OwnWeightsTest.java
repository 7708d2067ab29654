package dev.attune.trainer.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which weights are trained by the methods that put nothing beside the model. */
class OwnWeightsTest {

    private static final Task CLASSES = new Task(Task.Kind.CLASSIFICATION, List.of("a", "b", "c", "d"));

    private static Model model(String name) {
        return ModelFolder.load(
                name, Path.of("src/test/resources/fixtures/models", name), CLASSES, 0, Architectures::of);
    }

    private static List<String> trained(Method method, Model model) {
        return method.adapt(model, 0).trainables().stream().map(Trainable::name).toList();
    }

    @Test
    void aProbeTrainsTheLastLayerOfTheHead() {
        assertThat(trained(new LinearProbe(), model("llama-tiny"))).containsExactly("score.weight");
        assertThat(trained(new LinearProbe(), model("bert-cls-tiny")))
                .containsExactly("classifier.weight", "classifier.bias");
    }

    @Test
    void theHeadAloneIsAllThatBelongsToTheTask() {
        assertThat(trained(new TopLayers(0), model("gpt2-tiny"))).containsExactly("score.weight");
        assertThat(trained(new TopLayers(0), model("bert-cls-tiny")))
                .containsExactlyInAnyOrder(
                        "bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "bert-cls-tiny"})
    void theTopLayersComeWithAllThatFollowsThem(String name) {
        var model = model(name);
        var all = model.architecture().parameters();
        var top = trained(new TopLayers(1), model);
        var highest = all.stream()
                .flatMap(p -> p.layer().stream())
                .reduce((a, b) -> b)
                .orElseThrow();
        assertThat(top)
                .containsExactlyElementsOf(all.stream()
                        .map(p -> p.name())
                        .filter(p -> top.contains(p))
                        .toList())
                .anyMatch(p -> p.startsWith(highest + "."))
                .allMatch(p -> p.startsWith(highest + ".") || !p.matches(".*\\.\\d+\\..*"))
                .noneMatch(p -> p.contains("embed") || p.contains("wte"))
                .containsAll(model.architecture().head().parameters().stream()
                        .map(p -> p.name())
                        .toList());
        assertThat(model.architecture().head().parameters()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "bert-cls-tiny"})
    void onlyAHeadAloneLeavesTheHiddenStatesAsTheyAre(String name) {
        var model = model(name);
        var head = model.architecture().head();
        assertThat(new TopLayers(0).adapt(model, 0).trainsOnly(head)).isTrue();
        assertThat(new LinearProbe().adapt(model, 0).trainsOnly(head)).isTrue();
        assertThat(new TopLayers(1).adapt(model, 0).trainsOnly(head)).isFalse();
        assertThat(new Full(List.of()).adapt(model, 0).trainsOnly(head)).isFalse();
    }

    @Test
    void moreLayersThanThereAreAreRefused() {
        assertThatThrownBy(() -> new TopLayers(99).adapt(model("llama-tiny"), 0))
                .hasMessage("spec.method.head.unfreezeLayers: the model has 2 layers, fewer than 99: write 2 or fewer");
    }

    @Test
    void patternsSayWhatFullFineTuningTrains() {
        assertThat(trained(new Full(List.of("*.0.*layernorm.weight", "score.*")), model("llama-tiny")))
                .containsExactly(
                        "model.layers.0.input_layernorm.weight",
                        "model.layers.0.post_attention_layernorm.weight",
                        "score.weight");
    }
}
