package dev.attune.trainer.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Examples that are computed at once, filled up on the right to the longest.
 *
 * @param size examples
 * @param length tokens of the longest
 * @param ids [size × length] token ids, row by row
 * @param attentionMask [size × length] 1 for a token, 0 for filling
 * @param labels [size × length] token ids, {@link #IGNORED} where a token doesn't count
 * @param tokens how many tokens there are, filling left out
 * @param labelTokens how many tokens are predicted and count: the first of a row is never predicted
 */
public record Batch(int size, int length, int[] ids, int[] attentionMask, int[] labels, int tokens, int labelTokens) {

    /** Label of a token that doesn't count in the loss. */
    public static final int IGNORED = -100;

    /** Puts examples together. */
    public static Batch of(List<Example> examples, int padId) {
        var length = examples.stream().mapToInt(Example::length).max().orElse(0);
        var ids = new int[examples.size() * length];
        var attentionMask = new int[ids.length];
        var labels = new int[ids.length];
        Arrays.fill(ids, padId);
        Arrays.fill(labels, IGNORED);
        for (var row = 0; row < examples.size(); row++) {
            var example = examples.get(row);
            System.arraycopy(example.ids(), 0, ids, row * length, example.length());
            System.arraycopy(example.labels(), 0, labels, row * length, example.length());
            Arrays.fill(attentionMask, row * length, row * length + example.length(), 1);
        }
        return new Batch(
                examples.size(),
                length,
                ids,
                attentionMask,
                labels,
                examples.stream().mapToInt(Example::length).sum(),
                examples.stream().mapToInt(Example::labelTokens).sum());
    }

    /** Puts examples together in their order, {@code size} at a time; the last batch may have fewer. */
    public static List<Batch> inOrder(List<Example> examples, int size, int padId) {
        var batches = new ArrayList<Batch>();
        for (var start = 0; start < examples.size(); start += size) {
            batches.add(of(examples.subList(start, Math.min(start + size, examples.size())), padId));
        }
        return batches;
    }

    /** The micro-batches of one optimiser step: the examples at some places, {@code size} at a time. */
    public static List<Batch> of(List<Example> examples, int[] places, int size, int padId) {
        return inOrder(Arrays.stream(places).mapToObj(examples::get).toList(), size, padId);
    }
}
