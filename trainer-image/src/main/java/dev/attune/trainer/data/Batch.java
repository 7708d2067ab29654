package dev.attune.trainer.data;

/**
 * A micro-batch: rows padded on the right to the longest.
 *
 * @param size rows
 * @param length tokens a row, padding included
 * @param ids {@code [size · length]}
 * @param attentionMask {@code [size · length]}: 1 on tokens, 0 on padding
 * @param labels {@code [size · length]}: the token itself, −100 where it doesn't count; not shifted
 * @param tokens tokens, padding left out
 * @param labelTokens tokens that are predicted and count: labels that aren't −100, but for the first of each row
 */
public record Batch(int size, int length, int[] ids, int[] attentionMask, int[] labels, int tokens, int labelTokens) {

    /** The label of what doesn't count. */
    public static final int IGNORED = -100;
}
