package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;

/**
 * What a network reads.
 *
 * @param ids int64 {@code [batch, length]}
 * @param segments int64 {@code [batch, length]}: which of two texts a token belongs to; {@code null}: all to the first
 * @param real boolean {@code [batch, length]}: false for filling; {@code null}: there is none
 * @param filledBehind whether filling only ever follows what is real, where nothing that is causal sees it
 * @param offset position of the first token of each row; above 0 when earlier ones are cached
 * @param answers int64 {@code [batch, n]}: what the decoder of an encoder-decoder reads; {@code null}: the ids again
 */
public record Tokens(NDArray ids, NDArray segments, NDArray real, boolean filledBehind, int offset, NDArray answers) {

    /** Rows without filling. */
    public static Tokens of(NDArray ids, int offset) {
        return new Tokens(ids, null, null, true, offset, null);
    }
}
