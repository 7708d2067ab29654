package dev.attune.trainer.estimate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.time.Duration;
import java.util.List;

/** How fast this machine multiplies matrices. */
public final class Speed {

    private Speed() {}

    /**
     * Multiplies for a while, in fp32.
     *
     * @param rows states at once
     * @param weights shapes {@code [out, in]} of linear layers, each used as often as the others
     * @return additions and multiplications a second
     */
    public static double measured(long rows, List<Shape> weights, Duration atLeast) {
        try (var scope = Scope.withoutGradients()) {
            var products = weights.stream()
                    .map(weight -> new Product(ones(rows, weight.get(1)), ones(weight.get(0), weight.get(1))))
                    .toList();
            products.forEach(Product::compute);
            var flops = 0.0;
            var began = System.nanoTime();
            do {
                for (var product : products) {
                    product.compute();
                    flops += product.flops();
                }
            } while (System.nanoTime() - began < atLeast.toNanos());
            return flops * 1e9 / (System.nanoTime() - began);
        }
    }

    private static NDArray ones(long rows, long columns) {
        return Torch.manager().ones(new Shape(rows, columns));
    }

    private record Product(NDArray x, NDArray weight) {

        void compute() {
            Ops.linear(x, weight).close();
        }

        double flops() {
            return 2.0 * x.size() * weight.getShape().get(0);
        }
    }
}
