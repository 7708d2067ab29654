package dev.attune.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"3 3 3", "2 4 3", "9"})
    void textsBehindEachOtherAttendAsIfAlone(String texts) {
        var lengths = Stream.of(texts.split(" ")).mapToLong(Long::parseLong).toArray();
        try (var scope = Scope.withoutGradients()) {
            var q = random(1, 9, 4, 8).transpose(0, 2, 1, 3);
            var k = random(1, 2, 9, 8);
            var v = random(1, 2, 9, 8);
            var alone = new NDList();
            var from = 0L;
            for (var length : lengths) {
                var place = ":, :, %d:%d".formatted(from, from += length);
                alone.add(Ops.attention(q.get(place), k.get(place), v.get(place), true));
            }
            assertClose(Ops.attention(q, k, v, lengths, true), NDArrays.concat(alone, 2));
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
