package dev.attune.trainer.method;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.attune.trainer.method.Footprint.Trained;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a method says that it would train is what it trains. */
class FootprintTest {

    private static final Path MODELS = Path.of("src/test/resources/fixtures/models");

    private static final List<String> METHODS = List.of(
            "{full: {}}",
            "{full: {train: ['*norm*']}}",
            "{lora: {rank: 3, dropout: 0}}",
            "{lora: {rank: 3, dropout: 0.1, variant: dora, targets: [all-linear]}}",
            "{ia3: {}}",
            "{vera: {rank: 5}}",
            "{head: {unfreezeLayers: 0}}",
            "{head: {unfreezeLayers: 1}}",
            "{linearProbe: {}}",
            "{promptTuning: {length: 4}}",
            "{prefixTuning: {length: 4}}",
            "{prefixTuning: {length: 4, projection: {hidden: 6}}}",
            "{adapter: {placement: houlsby}}",
            "{adapter: {placement: pfeiffer}}",
            "{adapter: {placement: parallel}}");

    static Stream<Arguments> cases() {
        var models =
                List.of("bert-tiny", "distilbert-tiny", "gpt2-tiny", "gpt-neox-tiny", "llama-tiny", "t5-gated-tiny");
        return models.stream().flatMap(model -> METHODS.stream().map(method -> Arguments.of(model, method)));
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("cases")
    void namesAndShapesAreThoseOfTheAdaptedModel(String folder, String manifest) throws IOException {
        var spec = new YAMLMapper().readValue(manifest, dev.attune.api.Method.class);
        var method = Methods.of(spec, Path::of);
        var task = new Task(Task.Kind.CLASSIFICATION, List.of("low", "high"));
        var model = ModelFolder.load(folder, MODELS.resolve(folder), task, 1, Architectures::of);
        var architecture = ModelFolder.architecture(MODELS.resolve(folder), task, Architectures::of);

        Adapted adapted;
        try {
            adapted = method.adapt(model, 1);
        } catch (RuntimeException refused) {
            assertThat(refusal(method, architecture)).isEqualTo(refused.getMessage());
            return;
        }

        var footprint = method.footprint(architecture);
        assertThat(footprint.trained())
                .containsExactlyElementsOf(adapted.trainables().stream()
                        .map(trainable ->
                                new Trained(trainable.name(), trainable.array().getShape()))
                        .toList());
        assertThat(footprint.frozenLayers(architecture)).isEqualTo(adapted.frozenLayers(architecture));
    }

    private static String refusal(Method method, Architecture architecture) {
        try {
            method.footprint(architecture);
            return "";
        } catch (RuntimeException e) {
            return e.getMessage();
        }
    }
}
