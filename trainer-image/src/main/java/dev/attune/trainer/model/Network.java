package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;

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

    /**
     * Attention of {@code name}, the module that holds its projections.
     *
     * @param q queries {@code [batch, heads, length, d]}
     * @param k keys {@code [batch, kvHeads, length, d]}; kvHeads divides heads
     * @param v values, shaped as the keys
     * @return {@code [batch, heads, length, d]}
     */
    NDArray attention(String name, NDArray q, NDArray k, NDArray v, Mask mask);
}
