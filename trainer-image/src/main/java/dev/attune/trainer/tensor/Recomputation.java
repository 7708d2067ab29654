package dev.attune.trainer.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;

/**
 * Activation checkpointing: a layer leaves nothing but what went in and what came out, and is computed again when its
 * gradient is due. What is random in it is drawn alike both times. For one thread.
 */
public final class Recomputation {

    /**
     * A layer that was computed.
     *
     * @param before where the input came from
     * @param input the same numbers, which gradients come to
     * @param output gradients come to it, too
     */
    private record Layer(NDArray before, NDArray input, UnaryOperator<NDArray> work, NDArray output, long seed) {}

    private final Deque<Layer> layers = new ArrayDeque<>();

    /** Computes a layer; while gradients are recorded, of all that it computes the result alone is kept. */
    public NDArray layer(NDArray x, UnaryOperator<NDArray> work) {
        if (!JniUtils.isGradMode()) {
            return work.apply(x);
        }
        var seed = Ops.randomSeed(x).toLongArray()[0];
        var input = Torch.leaf(x);
        NDArray output;
        try (var scope = Scope.withoutGradients()) {
            Torch.seed(seed);
            output = scope.keep(work.apply(input));
        }
        NDScope.register(output);
        Torch.requireGradient(output);
        dropWhatWasGivenUp();
        layers.push(new Layer(x, input, work, output, seed));
        return output;
    }

    /** A pass that ended early, as without memory, closed its arrays and never came back. */
    private void dropWhatWasGivenUp() {
        while (!layers.isEmpty() && layers.peekLast().output().isReleased()) {
            layers.removeLast();
        }
    }

    /** Adds to each weight that an array came from its share of the array's gradient, through the layers in reverse. */
    public void backward(NDArray array, NDArray gradient) {
        Torch.backward(array, gradient);
        while (!layers.isEmpty()) {
            var layer = layers.pop();
            try (var scope = Scope.withGradients()) {
                Torch.seed(layer.seed());
                passOn(layer.work().apply(layer.input()), layer.output());
                if (Ops.hasHistory(layer.before())) {
                    passOn(layer.before(), layer.input());
                }
            }
        }
    }

    /** The history stays: several layers may have come from it, as those of a decoder from its encoder. */
    private static void passOn(NDArray from, NDArray gradientsOf) {
        JniUtils.backward((PtNDArray) from, (PtNDArray) gradientsOf.getGradient(), true, false);
    }
}
