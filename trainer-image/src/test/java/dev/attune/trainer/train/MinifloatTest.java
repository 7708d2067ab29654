package dev.attune.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MinifloatTest {

    private static final int BLOCKS = 64;

    private static NDArray numbers(Minifloat code) {
        Torch.seed(3);
        var numbers = Torch.manager().randomNormal(new Shape(BLOCKS, Minifloat.BLOCK));
        return code == Minifloat.E5M3 ? numbers.square() : numbers;
    }

    private static NDArray restored(Minifloat code, NDArray numbers) {
        var coded = code.coded(numbers);
        return code.decoded(coded.codes(), coded.scales());
    }

    @ParameterizedTest
    @EnumSource
    void aNumberComesBackWithinAnEighthOfItself(Minifloat code) {
        try (var scope = Scope.withoutGradients()) {
            var numbers = numbers(code);

            assertThat(restored(code, numbers).toFloatArray()).satisfies(restored -> {
                var exact = numbers.toFloatArray();
                for (var i = 0; i < exact.length; i++) {
                    assertThat(restored[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) / 8 + 1e-4f));
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void overManyTimesANumberComesBackAsItIs(Minifloat code) {
        try (var scope = Scope.withoutGradients()) {
            var numbers = numbers(code);
            var times = 400;
            var sum = numbers.zerosLike();
            for (var i = 0; i < times; i++) {
                try (var one = Scope.withoutGradients()) {
                    sum.addi(restored(code, numbers));
                }
            }

            var exact = numbers.toFloatArray();
            var means = sum.div(times).toFloatArray();
            for (var i = 0; i < exact.length; i++) {
                assertThat(means[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) * 0.02f + 1e-3f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLargestOfABlockIsExactAndABlockOfZerosStays(Minifloat code) {
        try (var scope = Scope.withoutGradients()) {
            var some = new float[2 * Minifloat.BLOCK];
            Arrays.fill(some, 0, Minifloat.BLOCK, 1e-3f);
            some[7] = 0.7f;
            var numbers = Torch.array(some, new Shape(2, Minifloat.BLOCK));

            var restored = restored(code, numbers).toFloatArray();

            assertThat(restored[7]).isEqualTo(0.7f);
            assertThat(IntStream.range(0, Minifloat.BLOCK)
                            .mapToDouble(i -> restored[Minifloat.BLOCK + i])
                            .sum())
                    .isZero();
        }
    }

    @Test
    void eitherSignComesBackAndZeroIsZeroWhereThereIsASign() {
        try (var scope = Scope.withoutGradients()) {
            var some = new float[Minifloat.BLOCK];
            some[0] = -2;
            some[1] = 1;
            some[2] = -0.5f;

            assertThat(restored(Minifloat.E4M3, Torch.array(some, new Shape(1, Minifloat.BLOCK)))
                            .toFloatArray())
                    .isEqualTo(some);
        }
    }

    @Test
    void whatOneDividesByIsNeverZeroBesideSomethingLarger() {
        try (var scope = Scope.withoutGradients()) {
            var some = new float[Minifloat.BLOCK];
            some[0] = 1;
            some[1] = 1e-20f;

            assertThat(restored(Minifloat.E5M3, Torch.array(some, new Shape(1, Minifloat.BLOCK)))
                            .toFloatArray()[1])
                    .isBetween(1e-20f, 1e-9f);
        }
    }
}
