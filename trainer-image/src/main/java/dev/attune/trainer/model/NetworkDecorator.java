package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.function.UnaryOperator;

/** A network that hands every call on, but for those that it changes. */
public interface NetworkDecorator extends Network {

    /** The network that is decorated. */
    Network base();

    @Override
    default NDArray embedding(String name, NDArray ids) {
        return base().embedding(name, ids);
    }

    @Override
    default NDArray linear(String name, NDArray x) {
        return base().linear(name, x);
    }

    @Override
    default NDArray conv1d(String name, NDArray x) {
        return base().conv1d(name, x);
    }

    @Override
    default NDArray layerNorm(String name, NDArray x, double epsilon) {
        return base().layerNorm(name, x, epsilon);
    }

    @Override
    default NDArray rmsNorm(String name, NDArray x, double epsilon) {
        return base().rmsNorm(name, x, epsilon);
    }

    @Override
    default NDArray parameter(String name) {
        return base().parameter(name);
    }

    @Override
    default NDArray attention(String name, NDArray q, NDArray k, NDArray v, Mask mask) {
        return base().attention(name, q, k, v, mask);
    }

    @Override
    default NDArray input(NDArray x, Tokens tokens) {
        return base().input(x, tokens);
    }

    @Override
    default NDArray layer(NDArray x, UnaryOperator<NDArray> work) {
        return base().layer(x, work);
    }

    @Override
    default void backward(NDArray array, NDArray gradient) {
        base().backward(array, gradient);
    }

    @Override
    default int virtualTokens() {
        return base().virtualTokens();
    }

    @Override
    default int past() {
        return base().past();
    }

    @Override
    default NDArray residual(String layer, Part part, NDArray x, NDArray output, UnaryOperator<NDArray> norm) {
        return base().residual(layer, part, x, output, norm);
    }
}
