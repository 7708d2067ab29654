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
 * @param answers what the decoder of an encoder-decoder reads; {@code null}: the ids again, behind its first token
 */
public record Tokens(NDArray ids, NDArray segments, NDArray real, boolean filledBehind, int offset, Answers answers) {

    /**
     * What the decoder of an encoder-decoder reads.
     *
     * @param ids int64 {@code [batch, n]}
     * @param source what {@link Architecture#source} gave for the tokens, computed once for many answers; {@code null}: not
     *     yet
     */
    public record Answers(NDArray ids, NDArray source) {}

    /** Rows without filling. */
    public static Tokens of(NDArray ids, int offset) {
        return new Tokens(ids, null, null, true, offset, null);
    }

    /** The same, with answers that the decoder of an encoder-decoder reads. */
    public Tokens with(Answers answers, int offset) {
        return new Tokens(ids, segments, real, filledBehind, offset, answers);
    }
}
