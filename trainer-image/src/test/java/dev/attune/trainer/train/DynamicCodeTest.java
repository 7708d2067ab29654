package dev.attune.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DynamicCodeTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyDecadeHasTwiceAsManyCodesAsTheOneBelow(boolean signed) {
        var values = DynamicCode.values(signed);

        assertThat(values).hasSize(256).isSorted().doesNotHaveDuplicates().contains(0f, 1f);
        assertThat(values[0]).isEqualTo(signed ? -0.9929687f : 0f, within(1e-6f));
        for (var exponent = -7; exponent < 0; exponent++) {
            var decade = Math.pow(10, exponent);
            assertThat(count(values, decade, 10 * decade))
                    .as("codes from %s on", decade)
                    .isEqualTo((signed ? 1 : 2) << exponent + 7);
        }
    }

    private static long count(float[] values, double from, double to) {
        return IntStream.range(0, values.length)
                .filter(i -> values[i] > from && values[i] < to)
                .count();
    }

    @Test
    void aNumberComesBackWithinAFewHundredthsOfItselfWhereverInItsBlockItStands() {
        try (var scope = Scope.withoutGradients()) {
            var numbers = Torch.manager().randomNormal(new Shape(64, DynamicCode.BLOCK));

            var error =
                    restored(DynamicCode.signed(), numbers).sub(numbers).abs().mean();
            var ofSquares = restored(DynamicCode.unsigned(), numbers.abs())
                    .sub(numbers.abs())
                    .abs()
                    .mean();

            assertThat(error.getFloat()).isLessThan(0.02f);
            assertThat(ofSquares.getFloat()).isLessThan(0.01f);
        }
    }

    @Test
    void blocksOfZerosStayAndWhatIsAboveZeroStaysAboveIt() {
        try (var scope = Scope.withoutGradients()) {
            var numbers = Torch.manager().zeros(new Shape(2, DynamicCode.BLOCK));
            var some = new float[2 * DynamicCode.BLOCK];
            some[0] = 1;
            some[1] = 1e-9f;
            numbers.set(some);

            var restored = restored(DynamicCode.unsigned(), numbers).toFloatArray();

            assertThat(restored[0]).isEqualTo(1);
            assertThat(restored[1]).isPositive().isLessThan(1e-6f);
            assertThat(restored[2]).isZero();
            assertThat(restored[DynamicCode.BLOCK]).isZero();
        }
    }

    private static NDArray restored(DynamicCode code, NDArray numbers) {
        var coded = code.encoded(numbers);
        return code.decoded(coded.codes(), coded.scales());
    }
}
