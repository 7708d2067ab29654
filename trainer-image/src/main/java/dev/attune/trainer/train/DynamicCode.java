package dev.attune.trainer.train;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Codes;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.Arrays;

/**
 * Numbers in 8 bits: a decimal exponent of 0 to −6, and a fraction that has the more bits the larger the number is (dynamic
 * tree quantisation, https://arxiv.org/abs/2110.02861, section 1.3). Every block of numbers is scaled to ±1 by its largest.
 */
final class DynamicCode {

    /** Numbers that share a scale. */
    static final int BLOCK = 256;

    private static final int EXPONENTS = 7;

    private final NDArray table;
    private final NDArray borders;

    private DynamicCode(float[] values, float[] between) {
        table = lasting(Torch.array(values));
        borders = lasting(Torch.array(between));
    }

    /** Of numbers of either sign. */
    static DynamicCode signed() {
        var values = values(true);
        return new DynamicCode(values, between(values));
    }

    /** Of numbers that are not below 0, with twice as many fractions. What is above 0 stays so: one can divide by it. */
    static DynamicCode unsigned() {
        var values = values(false);
        var between = between(values);
        between[0] = 0;
        return new DynamicCode(values, between);
    }

    private static float[] between(float[] values) {
        var between = new float[values.length - 1];
        for (var i = 0; i < between.length; i++) {
            between[i] = (values[i] + values[i + 1]) / 2;
        }
        return between;
    }

    /** The 256 numbers that there are codes for, ascending: 0, 1, and the middles of even parts of each decade. */
    static float[] values(boolean signed) {
        var values = new float[256];
        values[0] = 0;
        values[1] = 1;
        var count = 2;
        for (var exponent = 0; exponent < EXPONENTS; exponent++) {
            var parts = 1 << (signed ? exponent : exponent + 1);
            for (var part = 0; part < parts; part++) {
                var fraction = 0.1 + 0.9 * (part + 0.5) / parts;
                var value = (float) (fraction * Math.pow(10, exponent + 1 - EXPONENTS));
                values[count++] = value;
                if (signed) {
                    values[count++] = -value;
                }
            }
        }
        Arrays.sort(values);
        return values;
    }

    private static NDArray lasting(NDArray array) {
        Scope.release(array);
        return array;
    }

    /** Numbers {@code [blocks, BLOCK]}: codes uint8 of the same shape, and scales {@code [blocks]}. */
    Coded encoded(NDArray blocks) {
        var scales = Codes.blockMaxima(blocks);
        return new Coded(Codes.nearest(Codes.blockRatios(blocks, scales), borders), scales);
    }

    /** The numbers {@code [blocks, BLOCK]} that codes and scales stand for. */
    NDArray decoded(NDArray codes, NDArray scales) {
        return Codes.lookedUp(codes, scales, table);
    }

    /** Codes, and the scale of each block. */
    record Coded(NDArray codes, NDArray scales) {}
}
