package dev.attune.trainer.estimate;

import dev.attune.trainer.estimate.Estimate.Memory;
import dev.attune.trainer.estimate.Workload.Batch;
import dev.attune.trainer.estimate.Workload.Kept;
import dev.attune.trainer.estimate.Workload.Layer;
import java.util.stream.IntStream;

/**
 * What a workload costs: a pure function. Its coefficients follow from how the trainer computes, and {@code bench/estimate}
 * holds them against what runs take.
 */
public final class Estimator {

    private static final long WORD = Float.BYTES;

    /** AdamW's moments of a number. */
    private static final int MOMENTS = 2;

    /** What L-BFGS remembers of a number, and what it computes a direction with. */
    private static final int MOVES = 20;

    private static final int DIRECTIONS = 8;

    /** Codes that share a scale of 32 bits. */
    private static final int CODES_PER_SCALE = 64;

    /** Numbers of logits that are there at a time, as {@code ChunkedCrossEntropy} has it. */
    static final long CHUNK = 1 << 22;

    /** How often they are there: as what the head gave, its softmax, and the gradients of both. */
    private static final int LOGITS = 4;

    /** States that are read: as they come, normed, picked out, and with gradients. */
    private static final int STATES = 6;

    /** Of a layer that is computed again, what went in is kept, with the gradients of what went in and came out. */
    private static final int ENDS = 3;

    /** What a layer computes on the way and doesn't keep, in arrays of each width: on the way there and back. */
    private static final double WAY_HIDDEN = 6;

    private static final double WAY_ATTENTION = 4;
    private static final double WAY_INNER = 3;

    /** Bytes of a number that is restored from its code: as an index, as a number, and beside its scale. */
    private static final double RESTORED = 4;

    /** Tokens that are computed at once where no gradients are kept. */
    private static final long TOKENS_AT_ONCE = 2048;

    /** The Java machine with its heap, libtorch, and what its libraries keep for themselves. */
    private static final long PROCESS = 430L << 20;

    /** Which part of a step's time matrix products take. */
    static final double PRODUCTS = 0.7;

    private Estimator() {}

    /** The estimate. */
    public static Estimate of(Workload work) {
        var trained = work.trained().numbers();
        return new Estimate(work.weights().parameters(), trained, memory(work), checkpoint(work), flops(work));
    }

    private static Memory memory(Workload work) {
        var trained = work.trained();
        return new Memory(
                weights(work.weights()),
                trained.numbers() * WORD,
                trained.numbers() * WORD * (trained.wholly() ? MOVES + DIRECTIONS : MOMENTS),
                work.head().alone() ? 0 : activations(work),
                logits(work),
                workspace(work),
                PROCESS);
    }

    private static long weights(Workload.Weights weights) {
        var codes = weights.codes() * weights.codeBits() / Byte.SIZE + weights.codes() / CODES_PER_SCALE * WORD;
        var plain = weights.parameters() - weights.codes() - weights.halves();
        return plain * WORD + weights.halves() * Short.BYTES + codes;
    }

    private static long activations(Workload work) {
        var layers = work.layers();
        var kept = IntStream.range(0, layers.size())
                .filter(place -> layers.get(place).learns())
                .mapToLong(place -> kept(work, place));
        if (!work.recomputed()) {
            return kept.sum();
        }
        var ends = layers.stream()
                .filter(Layer::learns)
                .mapToLong(layer -> tokens(work.batch()) * layer.hidden() * ENDS * WORD)
                .sum();
        return ends + kept.max().orElse(0);
    }

    private static long kept(Workload work, int place) {
        var batch = work.batch();
        var layer = work.layers().get(place);
        var last = place == work.layers().size() - 1;
        var behind = last && work.head().narrowed() ? read(work) : tokens(batch);
        var keys = 2L * batch.atOnce() * batch.keysInFront() * layer.attention();
        return (long) (tokens(batch) * bytes(work, layer.before())
                + behind * bytes(work, layer.behind())
                + keys * width(work));
    }

    private static double bytes(Workload work, Kept kept) {
        return kept.exact() * WORD + kept.multiplied() * width(work);
    }

    private static long width(Workload work) {
        return work.half() ? Short.BYTES : WORD;
    }

    private static long tokens(Batch batch) {
        return batch.atOnce() * batch.states();
    }

    /** States that the head reads at once. */
    private static long read(Workload work) {
        return work.head().ofWholeText() ? work.batch().atOnce() : tokens(work.batch());
    }

    /** The gradient of a head that is trained is there once more before it is added. */
    private static long logits(Workload work) {
        var head = work.head();
        var rows = read(work);
        var chunk = Math.max(head.outputs(), Math.min(CHUNK, rows * head.outputs()));
        return (chunk * LOGITS + rows * head.hidden() * STATES + head.trained()) * WORD;
    }

    private static long workspace(Workload work) {
        var tokens = work.head().alone() ? TOKENS_AT_ONCE : tokens(work.batch());
        var largest = work.head().alone() ? 0 : work.trained().largest();
        return work.layers().stream()
                        .mapToLong(layer -> way(work, layer, tokens))
                        .max()
                        .orElse(0)
                + largest * WORD;
    }

    private static long way(Workload work, Layer layer, long tokens) {
        var states = WAY_HIDDEN * layer.hidden() * WORD
                + (WAY_ATTENTION * layer.attention() + WAY_INNER * layer.inner()) * width(work);
        var restored = work.weights().codes() > 0 ? layer.matrices() * RESTORED : 0;
        return (long) (tokens * states + restored);
    }

    private static long checkpoint(Workload work) {
        var trained = work.trained();
        var copies = trained.wholly() ? 1 + MOVES : 1 + MOMENTS + (trained.adapter() ? 1 : 0);
        return trained.numbers() * WORD * copies;
    }

    /** Forward, then once for what was read and once for what is trained; what is computed again, once more. */
    private static double flops(Workload work) {
        var batch = work.batch();
        var head = work.head();
        var rows = head.ofWholeText() ? batch.size() : batch.size() * batch.states();
        var top = 2.0 * rows * ((head.alone() ? 1 : 2) * head.matrices() + head.trained());
        if (head.alone()) {
            return top;
        }
        var tokens = batch.size() * batch.states();
        return top
                + tokens
                        * work.layers().stream()
                                .mapToDouble(layer -> flops(work, layer))
                                .sum();
    }

    /** For each token. */
    private static double flops(Workload work, Layer layer) {
        var seen = work.batch().states() + work.batch().keysInFront();
        var forward = 2.0 * layer.matrices() + 2.0 * layer.additions() + 4.0 * layer.attention() * seen;
        if (!layer.learns()) {
            return forward;
        }
        var times = work.recomputed() ? 3 : 2;
        return times * forward + 2.0 * layer.trained() + 2.0 * layer.additions();
    }
}
