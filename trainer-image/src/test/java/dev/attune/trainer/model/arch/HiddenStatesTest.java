package dev.attune.trainer.model.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Pairs of texts, the shorter filled up, beside transformers; fixtures/make_hidden_states.py wrote the references. */
class HiddenStatesTest {

    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final Path CACHE = Optional.ofNullable(System.getenv("ATTUNE_MODELS"))
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".cache", "attune-models"));

    @Test
    void tokens_of_the_second_text_of_a_pair_are_told_apart() {
        compare("bert-tiny", FIXTURES.resolve("models/bert-tiny"));
    }

    @Test
    void weights_without_the_models_prefix_and_without_a_head_load() {
        var folder = CACHE.resolve("models/minilm-l6");
        Assumptions.assumeTrue(Files.exists(folder), folder + " is missing: MiniLM's hidden states are NOT compared");
        compare("minilm-l6", folder);
    }

    private static void compare(String name, Path folder) {
        var reference = SafetensorsFile.open(FIXTURES.resolve("hidden").resolve(name + ".safetensors"));
        var task = new Task(Task.Kind.CLASSIFICATION, List.of("no", "yes"));
        var model = ModelFolder.load(name, folder, task, 0, Architectures::of);
        try (var scope = Scope.withoutGradients()) {
            var real = reference.array("attention_mask").toType(DataType.BOOLEAN, false);
            var tokens = new Tokens(
                    ids(reference, "input_ids"), ids(reference, "token_type_ids"), real, true, 0, null, null);
            var hidden = model.architecture()
                    .hidden(new WeightsNetwork(model.weights()), tokens)
                    .toFloatArray();
            var expected = reference.floats("hidden").toFloatArray();
            var width = hidden.length / real.size();
            var counts = real.toBooleanArray();
            for (var at = 0; at < hidden.length; at++) {
                if (counts[(int) (at / width)]) {
                    assertThat(hidden[at]).isCloseTo(expected[at], within(1e-5f));
                }
            }
        }
    }

    private static NDArray ids(SafetensorsFile file, String name) {
        return file.array(name).toType(DataType.INT64, false);
    }
}
