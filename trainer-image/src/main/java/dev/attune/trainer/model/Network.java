package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.function.UnaryOperator;

/**
 * The layers that an architecture is written in. {@code name} is the module's name in Hugging Face's layout, as in
 * {@code model.layers.0.self_attn.q_proj}. A method is a decorator that changes the few calls it cares about.
 */
public interface Network {

    /** Rows by ids {@code [batch, length]}: {@code [batch, length, hidden]}. */
    NDArray embedding(String name, NDArray ids);

    /** Linear layer with weight {@code [out, in]}, and a bias if the model has one: {@code [..., in] → [..., out]}. */
    NDArray linear(String name, NDArray x);

    /** Linear layer with weight {@code [in, out]} and bias, as in GPT-2: {@code [..., in] → [..., out]}. */
    NDArray conv1d(String name, NDArray x);

    /** Layer normalisation over the last axis. */
    NDArray layerNorm(String name, NDArray x, double epsilon);

    /** Root-mean-square normalisation over the last axis. */
    NDArray rmsNorm(String name, NDArray x, double epsilon);

    /** A weight that stands alone, by its whole name: as the bias of a head whose weight is the embedding's. */
    NDArray parameter(String name);

    /**
     * Attention of {@code name}, the module that holds its projections.
     *
     * @param q queries {@code [batch, heads, length, d]}
     * @param k keys {@code [batch, kvHeads, length, d]}; kvHeads divides heads
     * @param v values, shaped as the keys
     * @return {@code [batch, heads, length, d]}
     */
    NDArray attention(String name, NDArray q, NDArray k, NDArray v, Mask mask);

    /**
     * What the model reads, {@code [batch, length, hidden]}, before positions are added; virtual tokens go in front of it.
     * The input of a decoder that has an encoder doesn't come by.
     */
    NDArray input(NDArray x, Tokens tokens);

    /** One layer of the model, {@code work}; a network may forget what it kept for gradients, and compute it again for them. */
    NDArray layer(NDArray x, UnaryOperator<NDArray> work);

    /**
     * Adds to each weight that an array came from, which was computed with this network, its share of the array's gradient.
     *
     * @param gradient shaped as the array
     */
    void backward(NDArray array, NDArray gradient);

    /** How many virtual tokens {@link #input} puts in front. */
    int virtualTokens();

    /** How many keys stand in front of the first token in every self-attention; positions count from there. */
    int past();

    /** A layer's part that has a residual connection. */
    enum Part {
        /** Attention to the sequence itself. */
        ATTENTION,
        /** A decoder's attention to its encoder. */
        CROSS_ATTENTION,
        /** The feed-forward network. */
        FEED_FORWARD
    }

    /**
     * Adds what a part of a layer computed to what it was computed from: {@code norm(x + output)}.
     *
     * @param layer name of the layer's module, as in {@code model.layers.0}
     * @param x the residual {@code [batch, length, hidden]}
     * @param norm the normalisation of a model that has it behind the sum; the identity where it stands before
     */
    NDArray residual(String layer, Part part, NDArray x, NDArray output, UnaryOperator<NDArray> norm);
}
