package dev.attune.trainer.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.model.arch.Architectures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What transformers generates from the same weights. */
class GreedyTest {

    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    static Stream<Arguments> references() throws IOException {
        return new ObjectMapper()
                .readTree(FIXTURES.resolve("generation.json").toFile()).properties().stream()
                        .flatMap(model -> StreamSupport.stream(model.getValue().spliterator(), false)
                                .map(one -> Arguments.of(
                                        model.getKey(), numbers(one, "prompt"), numbers(one, "continuation"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("references")
    void continuationIsTheReferences(String model, int[] prompt, int[] continuation) {
        assertThat(continuation(model(model), prompt, continuation.length, Set.of()))
                .containsExactly(continuation);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("references")
    void tokensComputedAnewFromTheWholeTextAreTheSame(String model, int[] prompt, int[] continuation) {
        var whole = model(model);
        var text = prompt;
        for (var ignored : continuation) {
            var next = continuation(whole, text, 1, Set.of());
            text = Arrays.copyOf(text, text.length + 1);
            text[text.length - 1] = next[0];
        }
        assertThat(Arrays.copyOfRange(text, prompt.length, text.length)).containsExactly(continuation);
    }

    @Test
    void theEndOfTheTextIsLeftOut() {
        var model = model("llama-tiny");
        var all = continuation(model, new int[] {3, 4, 5}, 16, Set.of());
        assertThat(continuation(model, new int[] {3, 4, 5}, 16, Set.of(all[0]))).isEmpty();
    }

    @Test
    void noMoreTokensComeThanTheModelHasRoomFor() {
        var model = model("llama-tiny");
        var most = model.architecture().maxLength();
        var prompt = new int[most - 2];
        assertThat(continuation(model, prompt, 16, Set.of())).hasSize(2);
        assertThat(continuation(model, new int[most], 16, Set.of())).isEmpty();
    }

    private static int[] continuation(Model model, int[] prompt, int most, Set<Integer> ends) {
        return Greedy.continuation(model.architecture(), new WeightsNetwork(model.weights()), prompt, most, ends);
    }

    private static Model model(String name) {
        return ModelFolder.load(
                name, FIXTURES.resolve("models").resolve(name), Task.LANGUAGE_MODELING, 0, Architectures::of);
    }

    private static int[] numbers(JsonNode one, String name) {
        return StreamSupport.stream(one.get(name).spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
