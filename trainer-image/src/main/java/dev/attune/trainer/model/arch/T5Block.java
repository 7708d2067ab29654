package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.model.Mask;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Network.Part;
import dev.attune.trainer.tensor.Ops;
import java.util.function.UnaryOperator;

/**
 * The mathematics of one of T5's layers.
 *
 * @param name the module of the layer
 * @param gated whether the feed-forward network's first layer is multiplied by another
 */
record T5Block(String name, int heads, int headSize, double epsilon, boolean gated, UnaryOperator<NDArray> activation) {

    /** As a layer of the encoder: x {@code [batch, length, hidden]} looks at itself. */
    NDArray read(Network network, NDArray x, Mask mask) {
        return feedForward(network, part(1), selfAttention(network, x, mask));
    }

    /** As a layer of the decoder: x {@code [batch, length, hidden]} looks at itself and at the source. */
    NDArray write(Network network, NDArray x, Mask own, NDArray source, Mask other) {
        var attended = crossAttention(network, selfAttention(network, x, own), source, other);
        return feedForward(network, part(2), attended);
    }

    private String part(int place) {
        return name + ".layer." + place;
    }

    private NDArray selfAttention(Network network, NDArray x, Mask mask) {
        var normed = network.rmsNorm(part(0) + ".layer_norm", x, epsilon);
        var output = attention(network, part(0) + ".SelfAttention", normed, normed, mask);
        return network.residual(name, Part.ATTENTION, x, output, UnaryOperator.identity());
    }

    private NDArray crossAttention(Network network, NDArray x, NDArray source, Mask mask) {
        var normed = network.rmsNorm(part(1) + ".layer_norm", x, epsilon);
        var output = attention(network, part(1) + ".EncDecAttention", normed, source, mask);
        return network.residual(name, Part.CROSS_ATTENTION, x, output, UnaryOperator.identity());
    }

    private NDArray feedForward(Network network, String part, NDArray x) {
        var normed = network.rmsNorm(part + ".layer_norm", x, epsilon);
        var module = part + ".DenseReluDense";
        var inside = gated
                ? activation
                        .apply(network.linear(module + ".wi_0", normed))
                        .mul(network.linear(module + ".wi_1", normed))
                : activation.apply(network.linear(module + ".wi", normed));
        var output = network.linear(module + ".wo", inside);
        return network.residual(name, Part.FEED_FORWARD, x, output, UnaryOperator.identity());
    }

    /** Attention of x to what it looks at. T5 doesn't divide scores by √d, so that queries make up for it. */
    private NDArray attention(Network network, String module, NDArray x, NDArray at, Mask mask) {
        var q = Ops.scale(split(network.linear(module + ".q", x)), Math.sqrt(headSize));
        var k = split(network.linear(module + ".k", at));
        var v = split(network.linear(module + ".v", at));
        var attended = network.attention(module, q, k, v, mask).swapAxes(1, 2);
        var shape = x.getShape();
        return network.linear(module + ".o", attended.reshape(shape.get(0), shape.get(1), (long) heads * headSize));
    }

    /** {@code [batch, length, heads·d] → [batch, heads, length, d]}. */
    private NDArray split(NDArray x) {
        var shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), heads, headSize).swapAxes(1, 2);
    }
}
