package dev.attune.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedCrossEntropyTest {

    private static final int ROWS = 50;
    private static final double SCALE = 0.25;

    private final Model model = ModelFolder.load(
            "tiny",
            Path.of("src/test/resources/fixtures/models/llama-tiny"),
            Task.LANGUAGE_MODELING,
            0,
            Architectures::of);
    private final Network network = new WeightsNetwork(model.weights());

    /** A loss and its gradient by the rows that it was computed from. */
    private record Outcome(double loss, float[] gradient) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 25, 49, 50, 64})
    void lossAndGradientsAreThoseOfAllLogitsAtOnceHoweverManyRowsAreTakenAtATime(int chunk) {
        var whole = whole();
        var parts = learnt(chunk);
        assertThat(parts.loss).isCloseTo(whole.loss, within(1e-5 * whole.loss));
        assertThat(whole.gradient)
                .hasSize(ROWS * width())
                .satisfies(any -> assertThat(norm(any)).isPositive());
        for (var i = 0; i < whole.gradient.length; i++) {
            assertThat(parts.gradient[i]).isCloseTo(whole.gradient[i], within(1e-6f));
        }
    }

    @Test
    void lossIsTheSameWhereItIsOnlyMeasured() {
        try (var scope = Scope.withoutGradients()) {
            var loss = new ChunkedCrossEntropy(model.architecture(), network, 7).loss(rows(), labels());
            assertThat(loss.count()).isEqualTo(ROWS);
            assertThat((double) loss.sum().getFloat()).isCloseTo(whole().loss, within(1e-3));
        }
    }

    private Outcome whole() {
        try (var scope = Scope.withGradients()) {
            var rows = Torch.leaf(rows());
            var logits = model.architecture().outputs(network, Ops.scale(rows, 1));
            var loss = Ops.crossEntropySum(logits, Torch.array(labels()));
            Torch.backward(loss, Torch.scalar(SCALE));
            return new Outcome(loss.getFloat(), rows.getGradient().toFloatArray());
        }
    }

    private Outcome learnt(int chunk) {
        try (var scope = Scope.withGradients()) {
            var rows = Torch.leaf(rows());
            var loss = new ChunkedCrossEntropy(model.architecture(), network, chunk)
                    .learn(Ops.scale(rows, 1), labels(), SCALE);
            return new Outcome(loss, rows.getGradient().toFloatArray());
        }
    }

    private long[] labels() {
        return LongStream.range(0, ROWS)
                .map(i -> i * 31 % model.architecture().vocabulary())
                .toArray();
    }

    private NDArray rows() {
        return Torch.manager()
                .arange(0, ROWS * width(), 1, DataType.FLOAT32)
                .sin()
                .reshape(new Shape(ROWS, width()));
    }

    private int width() {
        return model.config().json().path("hidden_size").asInt();
    }

    private static double norm(float[] numbers) {
        var sum = 0.0;
        for (var number : numbers) {
            sum += number * number;
        }
        return Math.sqrt(sum);
    }
}
