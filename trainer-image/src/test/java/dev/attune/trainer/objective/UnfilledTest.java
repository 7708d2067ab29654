package dev.attune.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of different length are computed behind each other, and come out as they do row by row with filling. */
class UnfilledTest {

    private static final Path MODELS = Path.of("src/test/resources/fixtures/models");

    private static final List<Example> TEXTS = List.of(
            example(3, 14, 15, 9, 26), example(5, 35), example(8, 9, 7, 9, 3, 23, 8, 46, 26), example(43, 3, 8));

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
        for (var i = 0; i < filled.gradient.length; i++) {
            assertThat(unfilled.gradient[i]).isCloseTo(filled.gradient[i], within(2e-4f));
        }
    }

    private record Learnt(float[] states, float[] gradient) {}

    private interface Reading {
        NDArray states(Network network);
    }

    /** States, and a gradient of the first weight of all, which everything comes through. */
    private static Learnt learnt(Model model, Reading reading) {
        var weight =
                model.weights().get(model.architecture().parameters().get(0).name());
        Torch.requireGradient(weight);
        try (var scope = Scope.withGradients()) {
            Ops.zero(List.of(weight.getGradient()));
            var states = reading.states(model.network());
            Torch.backward(states.mul(states).sum(), Torch.scalar(1));
            return new Learnt(states.toFloatArray(), weight.getGradient().toFloatArray());
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

    @Test
    void noTextSeesAnother() {
        var model = model("llama-tiny");
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
}
