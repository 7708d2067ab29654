package dev.attune.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.api.Objective.LossOn;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.Texts;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of different length are computed behind each other, and come out as they do row by row with filling. */
class UnfilledTest {

    private static final Path MODELS = Path.of("src/test/resources/fixtures/models");

    private static final List<Example> TEXTS = List.of(
            example(3, 14, 15, 9, 26),
            example(5, 35),
            example(8, 9, 7, 9, 3, 23, 8, 46, 26, 43, 38, 32, 7, 9, 50, 28, 8, 41),
            example(43, 3, 0, 8));

    private static Example example(int... ids) {
        return Example.of(ids, ids);
    }

    private static Model model(String name) {
        return ModelFolder.load(name, MODELS.resolve(name), Task.LANGUAGE_MODELING, 0, Architectures::of);
    }

    /** Counts rows of hidden states as they come to linear layers. */
    private record Counting(Network base, AtomicLong rows) implements NetworkDecorator {

        @Override
        public NDArray linear(String name, NDArray x) {
            return counted(x, base.linear(name, x));
        }

        @Override
        public NDArray conv1d(String name, NDArray x) {
            return counted(x, base.conv1d(name, x));
        }

        private NDArray counted(NDArray x, NDArray y) {
            rows.set(Math.max(
                    rows.get(), x.size() / x.getShape().get(x.getShape().dimension() - 1)));
            return y;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2-tiny, 1",
        "llama-tiny, 1",
        "mistral-tiny, 1",
        "qwen2-tiny, 1",
        "gpt-neox-tiny, 1",
        "gpt-neox-serial-tiny, 1",
        "bert-tiny, 0",
        "roberta-tiny, 0",
        "distilbert-tiny, 0"
    })
    void statesAndGradientsAreThoseOfRowsWithFilling(String name, int before) {
        var model = model(name);
        var batch = Batch.of(TEXTS, 1);
        var places = IntStream.range(0, batch.labels().length)
                .filter(at -> batch.attentionMask()[at] == 1 && at % batch.length() >= before)
                .toArray();
        var unfilled = learnt(model, network -> Inputs.states(model.architecture(), network, batch, places, before));
        var filled = learnt(model, network -> filled(model.architecture(), network, batch, places, before));
        assertThat(unfilled.states).hasSameSizeAs(filled.states);
        for (var i = 0; i < filled.states.length; i++) {
            assertThat(unfilled.states[i]).isCloseTo(filled.states[i], within(2e-5f));
        }
        assertClose(unfilled.gradients, filled.gradients);
    }

    private record Learnt(float[] states, List<float[]> gradients) {}

    private interface Reading {
        NDArray states(Network network);
    }

    /** States, and the gradients of all weights. */
    private static Learnt learnt(Model model, Reading reading) {
        var states = new AtomicReference<float[]>();
        var gradients = gradients(model, () -> {
            var read = reading.states(model.network());
            Torch.backward(read.mul(read).sum(), Torch.scalar(1));
            states.set(read.toFloatArray());
        });
        return new Learnt(states.get(), gradients);
    }

    private static List<float[]> gradients(Model model, Runnable learning) {
        var weights = List.copyOf(model.weights().values());
        weights.forEach(Torch::requireGradient);
        try (var scope = Scope.withGradients()) {
            Updates.zero(weights.stream().map(NDArray::getGradient).toList());
            learning.run();
            return weights.stream().map(w -> w.getGradient().toFloatArray()).toList();
        }
    }

    /** To 1e-5 of the largest number of a weight's gradient. */
    private static void assertClose(List<float[]> gradients, List<float[]> expected) {
        for (var weight = 0; weight < expected.size(); weight++) {
            var largest = 1f;
            for (var number : expected.get(weight)) {
                largest = Math.max(largest, Math.abs(number));
            }
            assertThat(gradients.get(weight)).containsExactly(expected.get(weight), within(1e-5f * largest));
        }
    }

    private static NDArray filled(Architecture architecture, Network network, Batch batch, int[] places, int before) {
        var hidden = architecture.hidden(network, Inputs.of(batch));
        var index = IntStream.of(places).mapToLong(at -> at - before).toArray();
        return Ops.rows(hidden.reshape(-1, hidden.getShape().get(2)), Torch.array(index));
    }

    @Test
    void noFillingIsComputed() {
        var model = model("llama-tiny");
        var batch = Batch.of(TEXTS, 1);
        var rows = new AtomicLong();
        try (var scope = Scope.withoutGradients()) {
            Inputs.states(model.architecture(), new Counting(model.network(), rows), batch, new int[] {0}, 0);
        }
        assertThat(rows).hasValue(batch.tokens()).hasValueLessThan(batch.ids().length);
    }

    /** A batch of an objective, whose texts are of different length. */
    private record Lesson(Objective objective, List<Example> examples) {

        static Lesson of(String name) {
            return switch (name) {
                case "instruction" ->
                    new Lesson(
                            new Instruction(LossOn.COMPLETION, UnaryOperator.identity()),
                            examples(ids -> Example.of(ids, labelsFrom(ids, ids.length / 2))));
                case "classification" ->
                    new Lesson(
                            new Classification(
                                    new Task(Task.Kind.CLASSIFICATION, List.of("odd", "even")),
                                    new float[] {1, 3},
                                    0.1),
                            examples(ids -> Example.of(ids, new int[] {ids.length % 2})));
                case "masked" ->
                    new Lesson(new GivenMasks(), examples(ids -> Example.of(ids, labelsFrom(ids, ids.length - 2))));
                case "questionAnswering" ->
                    new Lesson(
                            new QuestionAnswering(0, 30),
                            examples(
                                    ids -> new Example(ids, segments(ids), new int[] {0, ids.length - 1}, null, null)));
                default -> throw new IllegalArgumentException(name);
            };
        }

        private static List<Example> examples(Function<int[], Example> of) {
            return TEXTS.stream().map(Example::ids).map(of).toList();
        }

        private static int[] labelsFrom(int[] ids, int first) {
            return IntStream.range(0, ids.length)
                    .map(at -> at < first ? Batch.IGNORED : ids[at])
                    .toArray();
        }

        private static int[] segments(int[] ids) {
            return IntStream.range(0, ids.length)
                    .map(at -> at < ids.length / 2 ? 0 : 1)
                    .toArray();
        }

        /** The loss, its gradient being added to those of the weights. */
        double learn(Model model, List<Example> some) {
            var batch = Batch.of(some, 1);
            var rows = objective.rows(model.architecture(), model.network(), batch);
            return objective.learn(model.architecture(), model.network(), rows, batch, 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2-tiny, instruction",
        "gpt2-tiny, classification",
        "llama-tiny, instruction",
        "llama-tiny, classification",
        "mistral-tiny, instruction",
        "qwen2-tiny, instruction",
        "gpt-neox-tiny, instruction",
        "bert-tiny, classification",
        "bert-tiny, masked",
        "bert-tiny, questionAnswering",
        "roberta-tiny, classification",
        "roberta-tiny, masked",
        "roberta-tiny, questionAnswering",
        "distilbert-tiny, classification",
        "distilbert-tiny, masked",
        "distilbert-tiny, questionAnswering"
    })
    void lossAndGradientsAreTheSumsOfThoseOfEachTextAlone(String name, String objective) {
        var lesson = Lesson.of(objective);
        var model = ModelFolder.load(name, MODELS.resolve(name), lesson.objective.task(), 0, Architectures::of);
        var losses = new double[2];
        var together = gradients(model, () -> losses[0] = lesson.learn(model, lesson.examples));
        var alone = gradients(
                model, () -> lesson.examples.forEach(example -> losses[1] += lesson.learn(model, List.of(example))));
        assertThat(losses[0]).isCloseTo(losses[1], within(1e-5 * losses[1]));
        assertClose(together, alone);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "mistral-tiny", "gpt-neox-tiny", "bert-tiny", "roberta-tiny"})
    void noTextSeesAnother(String name) {
        var model = model(name);
        var batch = Batch.of(TEXTS, 1);
        var other = Batch.of(List.of(TEXTS.get(0), example(6, 36), TEXTS.get(2), TEXTS.get(3)), 1);
        var places = IntStream.range(0, batch.ids().length)
                .filter(at -> batch.attentionMask()[at] == 1 && at / batch.length() != 1)
                .toArray();
        try (var scope = Scope.withoutGradients()) {
            assertThat(Inputs.states(model.architecture(), model.network(), other, places, 0)
                            .toFloatArray())
                    .isEqualTo(Inputs.states(model.architecture(), model.network(), batch, places, 0)
                            .toFloatArray());
        }
    }

    @Test
    void positionsBeginAnewWithEachText() {
        assertThat(Tokens.inARow(null, null, new Texts(3, 1, 2)).positions(0, 6))
                .containsExactly(0, 1, 2, 0, 0, 1);
    }

    /** Keeps what the network reads. */
    private record Overheard(Network base, AtomicReference<Tokens> tokens) implements NetworkDecorator {

        @Override
        public NDArray input(NDArray x, Tokens read) {
            tokens.set(read);
            return base.input(x, read);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"promptTuning", "prefixTuning"})
    void whatStandsBeforeEachTextStandsBeforeARowOfItsOwn(String method) {
        var model = model("llama-tiny");
        var batch = Batch.of(TEXTS, 1);
        var spec = new ObjectMapper().convertValue(Map.of(method, Map.of("length", 3)), dev.attune.api.Method.class);
        var network = Methods.of(spec, Path::of).adapt(model, 0).inference();
        var tokens = new AtomicReference<Tokens>();
        try (var scope = Scope.withoutGradients()) {
            Inputs.states(model.architecture(), new Overheard(network, tokens), batch, batch.places(), 0);
            assertThat(tokens.get().texts()).isNull();
            assertThat(tokens.get().ids().getShape()).isEqualTo(new Shape(batch.size(), batch.length()));
        }
    }
}
