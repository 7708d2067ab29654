package dev.attune.trainer.generate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.model.Architecture.Kind;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
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
        var written = new int[0];
        for (var ignored : continuation) {
            var next = whole.architecture().kind() == Kind.ENCODER_DECODER
                    ? nextAnswer(whole, prompt, written)
                    : continuation(whole, joined(prompt, written), 1, Set.of())[0];
            written = joined(written, next);
        }
        assertThat(written).containsExactly(continuation);
    }

    /** The token that follows some answer, without a cache. */
    private static int nextAnswer(Model model, int[] source, int[] written) {
        var architecture = model.architecture();
        var network = new WeightsNetwork(model.weights());
        try (var scope = Scope.withoutGradients()) {
            var read = ids(joined(new int[] {architecture.start()}, written));
            var hidden =
                    architecture.hidden(network, Tokens.of(ids(source), 0).with(new Tokens.Answers(read, null), 0));
            var last = hidden.get("0,-1").expandDims(0);
            return (int) architecture.outputs(network, last).argMax().getLong();
        }
    }

    private static NDArray ids(int[] tokens) {
        return Torch.manager().create(Arrays.stream(tokens).asLongStream().toArray(), new Shape(1, tokens.length));
    }

    private static int[] joined(int[] some, int... others) {
        return IntStream.concat(Arrays.stream(some), Arrays.stream(others)).toArray();
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
