package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.stream.LongStream;

/**
 * What a network reads.
 *
 * @param ids int64 {@code [batch, length]}
 * @param segments int64 {@code [batch, length]}: which of two texts a token belongs to; {@code null}: all to the first
 * @param real boolean {@code [batch, length]}: false for filling; {@code null}: there is none
 * @param filledBehind whether filling only ever follows what is real, where nothing that is causal sees it
 * @param offset position of the first token of each row; above 0 when earlier ones are cached
 * @param texts that stand behind each other in the only row; {@code null}: a row is a text
 * @param answers what the decoder of an encoder-decoder reads; {@code null}: the ids again, behind its first token
 */
public record Tokens(
        NDArray ids, NDArray segments, NDArray real, boolean filledBehind, int offset, Texts texts, Answers answers) {

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
        return new Tokens(ids, null, null, true, offset, null, null);
    }

    /** Texts behind each other in one row, ids {@code [1, tokens]}. */
    public static Tokens inARow(NDArray ids, NDArray segments, Texts texts) {
        return new Tokens(ids, segments, null, true, 0, texts, null);
    }

    /**
     * The positions [length] of what stands in a row, counted from the beginning of its text.
     *
     * @param past how many keys stand in front
     */
    public long[] positions(int past, long length) {
        var first = offset + past;
        return texts == null ? LongStream.range(first, first + length).toArray() : texts.positions();
    }

    /** The same, with answers that the decoder of an encoder-decoder reads. */
    public Tokens with(Answers answers, int offset) {
        return new Tokens(ids, segments, real, filledBehind, offset, texts, answers);
    }
}
