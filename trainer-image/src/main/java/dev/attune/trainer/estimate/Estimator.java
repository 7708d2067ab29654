package dev.attune.trainer.estimate;

import dev.attune.trainer.estimate.Estimate.Memory;
import dev.attune.trainer.estimate.Workload.Batch;
import dev.attune.trainer.estimate.Workload.Layer;
import dev.attune.trainer.estimate.Workload.Numbers;
import java.util.stream.IntStream;

/**
 * What a workload costs: a pure function. Its coefficients follow from how the trainer computes, and {@code bench/estimate}
 * holds them against what runs take.
 */
public final class Estimator {

    private static final long WORD = Float.BYTES;

    /** Numbers of logits that are there at a time, as {@code ChunkedCrossEntropy} has it. */
    static final long CHUNK = 1 << 23;

    /** How often they are there: as what the head gave, its softmax, and their gradient. */
    private static final int LOGITS = 3;

    /** States that are read: as they come, normed, picked out, and with gradients. */
    private static final int STATES = 6;

    /** Which part of what layers make is kept for their gradients, or lies in gaps between what is. */
    static final double KEPT = 0.72;

    /** What a layer that is computed again leaves behind, in arrays of states: what went in, and the gradients of both ends. */
    private static final int ENDS = 3;

    /** Layers' worth of memory that layers take which forget what they made, one after the other. */
    private static final double PASSING = 2.5;

    /** Layers' worth of memory that gradients take on their way through one. */
    private static final double GRADIENTS = 1;

    /** Layers' worth of memory that both take where a layer is computed again on the way of its gradients. */
    static final double AGAIN = 2.75;

    /** Which part of the memory that logits leave is taken by layers that are computed again, which come as those go. */
    static final double SHARED = 0.5;

    /** Which part of the memory that layers took whose states are remembered is of no use to the steps. */
    private static final double LEFT = 0.25;

    /** Which part of the memory that activations leave is taken by gradients, which come as those go. */
    static final double REUSED = 0.4;

    /** Codes that share a scale of 32 bits. */
    private static final int CODES_PER_SCALE = 64;

    /** Bytes of a number that is restored from its code: as an index of two, and as a number. */
    private static final long RESTORED = 6;

    /** Tokens that are computed at once where no gradients are kept. */
    private static final long TOKENS_AT_ONCE = 2048;

    /** Java with its heap, libtorch, and what its libraries keep for themselves, on a machine of 24 GiB. */
    private static final long PROCESS = 225L << 20;

    /** Bytes that a byte of a tokenizer's file becomes: entries of maps, there and back. */
    private static final long TOKENIZER = 48;

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
        var activations = work.head().alone() ? 0 : activations(work);
        var gradients = gradients(work, activations);
        var logits = logits(work);
        return new Memory(
                weights(work.weights()),
                gradients,
                (long) (trained.numbers() * trained.moments().bytes()),
                activations,
                logits,
                workspace(work, logits) + remembering(work),
                Math.max(0, work.beside().again() * WORD - activations / 2 - gradients),
                work.beside().remembered() * WORD,
                PROCESS + TOKENIZER * work.beside().tokenizer());
    }

    private static long weights(Workload.Weights weights) {
        var codes = weights.codes() * weights.codeBits() / Byte.SIZE + weights.codes() / CODES_PER_SCALE * WORD;
        var exact = weights.parameters() - weights.halves() - weights.codes();
        return exact * WORD + weights.halves() * Short.BYTES + codes;
    }

    /** They are let go after every step; within it, those of one micro-batch wait for the next one's. */
    private static long gradients(Workload work, long activations) {
        var all = work.trained().numbers() * WORD;
        return work.batch().atOnce() < work.batch().size()
                ? all
                : (long) Math.max(work.head().trained() * WORD, all - REUSED * activations);
    }

    private static long activations(Workload work) {
        var layers = work.layers();
        if (work.recomputed()) {
            return layers.stream()
                    .filter(Layer::learns)
                    .mapToLong(layer -> tokens(work.batch()) * layer.hidden() * ENDS * WORD)
                    .sum();
        }
        return IntStream.range(0, layers.size())
                .filter(place -> layers.get(place).learns())
                .mapToLong(place -> kept(work, place))
                .sum();
    }

    private static long kept(Workload work, int place) {
        var batch = work.batch();
        var layer = work.layers().get(place);
        var last = place == work.layers().size() - 1;
        var behind = last && work.head().narrowed() ? read(work) : tokens(batch);
        var made = tokens(batch) * (bytes(work, layer.before()) + bytes(work, layer.learnt()))
                + behind * bytes(work, layer.behind())
                + keys(batch) * layer.attention() * width(work);
        return (long) (KEPT * made);
    }

    /** Where some stand in front, all keys and values are put in a row anew. */
    private static long keys(Batch batch) {
        return batch.keysInFront() == 0 ? 0 : 2 * (batch.atOnce() * batch.keysInFront() + tokens(batch));
    }

    private static double bytes(Workload work, Numbers numbers) {
        return numbers.exact() * WORD + numbers.multiplied() * width(work);
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

    private static long logits(Workload work) {
        var head = work.head();
        var rows = read(work);
        var chunk = Math.max(head.outputs(), Math.min(CHUNK, rows * head.outputs()));
        return (chunk * LOGITS + rows * head.hidden() * STATES + head.trained()) * WORD;
    }

    private static long workspace(Workload work, long logits) {
        var alone = work.head().alone();
        var tokens = alone ? TOKENS_AT_ONCE : tokens(work.batch());
        var largest = alone ? 0 : work.trained().largest();
        var all = (long) (tokens * largestLayer(work) * layers(work)) + restored(work) + largest * WORD;
        return work.recomputed() ? all - (long) (SHARED * Math.min(all, logits)) : all;
    }

    /** Computed before the first step. */
    private static long remembering(Workload work) {
        return work.beside().remembered() == 0 || work.head().alone()
                ? 0
                : (long) (LEFT * TOKENS_AT_ONCE * largestLayer(work) * PASSING);
    }

    /** Bytes that the largest one makes for a token. */
    private static double largestLayer(Workload work) {
        return work.layers().stream()
                .mapToDouble(layer -> bytes(work, layer.before().plus(layer.behind())))
                .max()
                .orElse(0);
    }

    /** Layers' worth of memory beside what is kept. */
    private static double layers(Workload work) {
        if (work.recomputed()) {
            return AGAIN;
        }
        return work.layers().stream().allMatch(Layer::learns) ? GRADIENTS : PASSING;
    }

    private static long restored(Workload work) {
        return work.weights().codes() == 0
                ? 0
                : work.layers().stream().mapToLong(Layer::matrices).max().orElse(0) * RESTORED;
    }

    private static long checkpoint(Workload work) {
        var trained = work.trained();
        var copies = trained.adapter() ? 2 : 1;
        return (long) (trained.numbers() * (WORD * copies + trained.moments().saved()));
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
