package dev.attune.trainer.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Examples that are computed at once, filled up on the right to the longest.
 *
 * @param size examples
 * @param length tokens of the longest
 * @param ids [size × length] token ids, row by row
 * @param segments [size × length] which of two texts a token belongs to; {@code null}: all to the first
 * @param attentionMask [size × length] 1 for a token, 0 for filling
 * @param labels [size × labels of the one that has most], {@link #IGNORED} where nothing counts
 * @param targets [size × targets of each] numbers to be said; {@code null}: none
 * @param windows [size] which parts of longer texts the rows read; {@code null}: they are whole
 */
public record Batch(
        int size,
        int length,
        int[] ids,
        int[] segments,
        int[] attentionMask,
        int[] labels,
        float[] targets,
        List<Window> windows) {

    /** Label of what doesn't count in the loss. */
    public static final int IGNORED = -100;

    /** Puts examples together. */
    public static Batch of(List<Example> examples, int padId) {
        var length = longest(examples, Example::ids);
        var ids = filled(examples, Example::ids, length, padId);
        var segments = examples.stream().allMatch(example -> example.segments() == null)
                ? null
                : filled(examples, Batch::segments, length, 0);
        var attentionMask = new int[ids.length];
        for (var row = 0; row < examples.size(); row++) {
            Arrays.fill(
                    attentionMask,
                    row * length,
                    row * length + examples.get(row).length(),
                    1);
        }
        var labels = filled(examples, Example::labels, longest(examples, Example::labels), IGNORED);
        return new Batch(
                examples.size(), length, ids, segments, attentionMask, labels, targets(examples), windows(examples));
    }

    private static int longest(List<Example> examples, Function<Example, int[]> part) {
        return examples.stream().mapToInt(e -> part.apply(e).length).max().orElse(0);
    }

    private static int[] filled(List<Example> examples, Function<Example, int[]> part, int length, int filling) {
        var all = new int[examples.size() * length];
        Arrays.fill(all, filling);
        for (var row = 0; row < examples.size(); row++) {
            var own = part.apply(examples.get(row));
            System.arraycopy(own, 0, all, row * length, own.length);
        }
        return all;
    }

    private static int[] segments(Example example) {
        return example.segments() == null ? new int[0] : example.segments();
    }

    private static float[] targets(List<Example> examples) {
        if (examples.get(0).targets() == null) {
            return null;
        }
        var each = examples.get(0).targets().length;
        var all = new float[examples.size() * each];
        for (var row = 0; row < examples.size(); row++) {
            System.arraycopy(examples.get(row).targets(), 0, all, row * each, each);
        }
        return all;
    }

    private static List<Window> windows(List<Example> examples) {
        return examples.get(0).window() == null
                ? null
                : examples.stream().map(Example::window).toList();
    }

    /** How many tokens there are, filling left out. */
    public int tokens() {
        return Arrays.stream(attentionMask).sum();
    }

    /** Places of the tokens in the ids, filling left out. */
    public int[] places() {
        return IntStream.range(0, attentionMask.length)
                .filter(at -> attentionMask[at] == 1)
                .toArray();
    }

    /** Whether there is filling. */
    public boolean filled() {
        return tokens() < ids.length;
    }

    /** The tokens of a row, filling left out. */
    public int[] text(int row) {
        var from = row * length;
        return Arrays.copyOfRange(ids, from, from + textLength(row));
    }

    /** How many tokens a row has, filling behind them left out. */
    public int textLength(int row) {
        var from = row * length;
        var to = from + length;
        while (to > from && attentionMask[to - 1] == 0) {
            to--;
        }
        return to - from;
    }

    /** What a row is drawn by: the seed and its own tokens, so that it is drawn alike whatever it is batched with. */
    public Random random(int row, long seed) {
        return new Random(Order.mixed(31 * seed + Arrays.hashCode(text(row))));
    }

    /** Labels of a row. */
    public int labelLength() {
        return labels.length / size;
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
