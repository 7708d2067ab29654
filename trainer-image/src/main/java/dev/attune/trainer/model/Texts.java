package dev.attune.trainer.model;

import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Texts that stand behind each other in one row, each with positions of its own, none of which sees another.
 *
 * @param lengths tokens of each
 */
public record Texts(long... lengths) {

    /** The positions of all tokens, each counted from the beginning of its text. */
    long[] positions() {
        return LongStream.of(lengths)
                .flatMap(length -> LongStream.range(0, length))
                .toArray();
    }

    /** Where in the row the text of each token begins. */
    public long[] begins() {
        var positions = positions();
        return IntStream.range(0, positions.length)
                .mapToLong(token -> token - positions[token])
                .toArray();
    }

    /** Tokens of the longest. */
    long longest() {
        return LongStream.of(lengths).max().orElse(0);
    }
}
