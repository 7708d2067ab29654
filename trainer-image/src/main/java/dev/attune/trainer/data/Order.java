package dev.attune.trainer.data;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which examples an optimiser step sees: a pure function of the seed and the step, so that a run goes on anywhere.
 *
 * <p>Every epoch goes over all examples in an order of its own; its last step sees what is left, which may be fewer than
 * the batch size. Where one step sees all, they stand as they came.
 */
public final class Order {

    private final int examples;
    private final int batchSize;
    private final long seed;
    private Epoch current = new Epoch(-1, null);

    /**
     * An order.
     *
     * @param examples how many there are, at least 1
     * @param batchSize examples a step, at least 1
     */
    public Order(int examples, int batchSize, long seed) {
        this.examples = examples;
        this.batchSize = batchSize;
        this.seed = seed;
    }

    /** Examples that a step sees at most. */
    public int batchSize() {
        return batchSize;
    }

    /** Steps of one pass over the examples. */
    public int stepsPerEpoch() {
        return (examples + batchSize - 1) / batchSize;
    }

    /** Steps of some passes, the last of which may be a part of one. */
    public int steps(double epochs) {
        return Math.toIntExact((long) Math.ceil(epochs * stepsPerEpoch()));
    }

    /** Passes made by some steps. */
    public double epochs(int steps) {
        return steps / stepsPerEpoch() + Math.min(1.0, (double) (steps % stepsPerEpoch()) * batchSize / examples);
    }

    /**
     * The places [batchSize or fewer] of the examples that a step sees.
     *
     * @param step from 0
     */
    public int[] step(int step) {
        if (stepsPerEpoch() == 1) {
            return IntStream.range(0, examples).toArray();
        }
        var epoch = step / stepsPerEpoch();
        if (current.number() != epoch) {
            current = new Epoch(epoch, permutation(examples, seed, epoch));
        }
        var start = step % stepsPerEpoch() * batchSize;
        return Arrays.copyOfRange(current.places(), start, Math.min(start + batchSize, examples));
    }

    /** The numbers below n in a random order. Random's algorithm is part of its contract, so that no Java changes it. */
    static int[] permutation(int n, long seed, int epoch) {
        var random = new Random(mixed(seed * 0x9e3779b97f4a7c15L + epoch));
        var places = new int[n];
        for (var i = 0; i < n; i++) {
            var j = random.nextInt(i + 1);
            places[i] = places[j];
            places[j] = i;
        }
        return places;
    }

    /** SplitMix64's finaliser: neighbouring seeds and epochs come out far from each other. */
    static long mixed(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private record Epoch(int number, int[] places) {}
}
