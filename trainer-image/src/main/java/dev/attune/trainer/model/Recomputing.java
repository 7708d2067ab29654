package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Recomputation;
import java.util.function.UnaryOperator;

/**
 * Keeps no more of a layer for its gradient than what went in, and computes the layer again on the way back: memory for time.
 */
public record Recomputing(Network base, Recomputation layers) implements NetworkDecorator {

    @Override
    public NDArray layer(NDArray x, UnaryOperator<NDArray> work) {
        return layers.layer(x, input -> base.layer(input, work));
    }

    @Override
    public void backward(NDArray array, NDArray gradient) {
        layers.backward(array, gradient);
    }
}
