package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;

/**
 * What a network reads.
 *
 * @param ids int64 {@code [batch, length]}
 * @param offset position of the first token of each row; above 0 when earlier ones are cached
 * @param mask which tokens see which
 */
public record Tokens(NDArray ids, int offset, Mask mask) {

    /** Tokens of a row. */
    public int length() {
        return (int) ids.getShape().get(1);
    }
}
