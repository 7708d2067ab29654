package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;

/**
 * Which keys a query may look at.
 *
 * @param allowed boolean {@code [batch, 1, length, length]}; {@code null}: all before it and itself
 */
public record Mask(NDArray allowed) {

    /** Every token sees itself and what is before it. Enough for padding on the right, which nothing before it sees. */
    public static final Mask CAUSAL = new Mask(null);
}
