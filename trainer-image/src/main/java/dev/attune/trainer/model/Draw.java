package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.tensor.Torch;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** New weights, the same on every machine for a seed. */
public final class Draw {

    private Draw() {}

    /** From N(0, deviation²). */
    public static NDArray normal(Shape shape, double deviation, Random random) {
        return filled(shape, () -> random.nextGaussian() * deviation);
    }

    /** Within ±1/√in, as PyTorch starts linear layers with {@code in} inputs. */
    public static NDArray linear(Shape shape, long in, Random random) {
        var bound = 1 / Math.sqrt(in);
        return filled(shape, () -> (2 * random.nextDouble() - 1) * bound);
    }

    private static NDArray filled(Shape shape, DoubleSupplier numbers) {
        var all = new float[Math.toIntExact(shape.size())];
        for (var i = 0; i < all.length; i++) {
            all[i] = (float) numbers.getAsDouble();
        }
        return Torch.array(all, shape);
    }
}
