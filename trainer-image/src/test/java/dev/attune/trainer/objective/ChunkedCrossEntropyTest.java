package dev.attune.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedCrossEntropyTest {

    private static final int ROWS = 50;

    private final Model model = ModelFolder.load(
            "tiny",
            Path.of("src/test/resources/fixtures/models/llama-tiny"),
            Task.LANGUAGE_MODELING,
            0,
            Architectures::of);

    /** A loss and its gradient by the rows that it was computed from. */
    private record Outcome(float loss, float[] gradient) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 25, 49})
    void lossAndGradientsAreTheSameHoweverManyRowsAreTakenAtOnce(int chunk) {
        var whole = outcome(ROWS);
        var parts = outcome(chunk);
        assertThat(parts.loss).isCloseTo(whole.loss, within(1e-5f * whole.loss));
        assertThat(whole.gradient)
                .hasSize(ROWS * width())
                .satisfies(any -> assertThat(norm(any)).isPositive());
        for (var i = 0; i < whole.gradient.length; i++) {
            assertThat(parts.gradient[i]).isCloseTo(whole.gradient[i], within(1e-6f));
        }
    }

    private Outcome outcome(int chunk) {
        var labels = LongStream.range(0, ROWS)
                .map(i -> i * 31 % model.architecture().vocabulary())
                .toArray();
        try (var scope = Scope.withGradients()) {
            var rows = rows();
            Torch.requireGradient(rows);
            var loss = ChunkedCrossEntropy.of(
                    model.architecture(), new WeightsNetwork(model.weights()), rows, labels, chunk);
            assertThat(loss.count()).isEqualTo(ROWS);
            Torch.backward(loss.sum());
            return new Outcome(loss.sum().getFloat(), rows.getGradient().toFloatArray());
        }
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
