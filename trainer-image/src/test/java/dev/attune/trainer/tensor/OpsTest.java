package dev.attune.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class OpsTest {

    @Test
    void lowRankUpdateIsTheProductOfItsParts() {
        try (var scope = Scope.withoutGradients()) {
            var x = random(3, 2, 8);
            var a = random(4, 8);
            var b = random(5, 4);
            var expected = x.matMul(a.transpose()).matMul(b.transpose()).mul(0.5);
            assertClose(Ops.lowRank(x, a, b, 0.5), expected);
        }
    }

    @Test
    void conv1dIsLinearWithTheWeightTransposed() {
        try (var scope = Scope.withoutGradients()) {
            var x = random(2, 3, 8);
            var w = random(8, 5);
            var b = random(5);
            assertClose(Ops.conv1d(x, w, b), Ops.linear(x, w.transpose(), b));
        }
    }

    @Test
    void groupedAttentionRepeatsKeysAndValues() {
        try (var scope = Scope.withoutGradients()) {
            var q = random(2, 4, 5, 8);
            var k = random(2, 2, 5, 8);
            var v = random(2, 2, 5, 8);
            var expected = Ops.attention(q, k.repeat(1, 2), v.repeat(1, 2), true);
            assertClose(Ops.attention(q, k, v, true), expected);
        }
    }

    @Test
    void gradientsMatchFiniteDifferences() {
        var operations = List.<UnaryOperator<NDArray>>of(
                Ops::gelu,
                Ops::geluTanh,
                Ops::silu,
                x -> Ops.rmsNorm(x, Torch.manager().full(new Shape(8), 1.5f), 1e-5),
                x -> Ops.rotate(x.reshape(1, 1, 2, 8), ramp(2, 8), ramp(2, 8).neg()),
                x -> Ops.rotate(x.reshape(1, 1, 2, 8), ramp(2, 4), ramp(2, 4).neg()),
                x -> Ops.attention(x.reshape(1, 2, 2, 4), x.reshape(1, 2, 2, 4), x.reshape(1, 2, 2, 4), true));
        for (var operation : operations) {
            try (var scope = Scope.withGradients()) {
                var x = random(2, 8);
                Torch.requireGradient(x);
                Torch.backward(operation.apply(x).square().sum(), Torch.scalar(1));
                var gradient = x.getGradient().toFloatArray();
                for (var i = 0; i < 16; i += 5) {
                    var numeric = (shifted(operation, x, i, 1e-2f) - shifted(operation, x, i, -1e-2f)) / 2e-2;
                    assertThat((double) gradient[i]).isCloseTo(numeric, within(2e-2));
                }
            }
        }
    }

    private static double shifted(UnaryOperator<NDArray> operation, NDArray x, int index, float by) {
        var numbers = x.toFloatArray();
        numbers[index] += by;
        var y = operation.apply(Torch.manager().create(numbers, x.getShape()));
        return y.square().sum().getFloat();
    }

    private static NDArray random(long... shape) {
        return Torch.manager().randomNormal(new Shape(shape));
    }

    private static NDArray ramp(long... shape) {
        var size = new Shape(shape).size();
        return Torch.manager().arange((float) size).div((float) size).reshape(shape);
    }

    private static void assertClose(NDArray actual, NDArray expected) {
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        assertThat(actual.sub(expected).abs().max().getFloat()).isLessThan(1e-5f);
    }
}
