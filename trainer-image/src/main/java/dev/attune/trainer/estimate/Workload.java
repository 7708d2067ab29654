package dev.attune.trainer.estimate;

import java.util.List;

/**
 * A step of training in plain numbers, as if every text filled the length that it may have.
 *
 * @param layers lowest first
 * @param recomputed whether layers are computed again for their gradients
 * @param half whether what is multiplied has 16 bits instead of 32
 */
public record Workload(
        Weights weights,
        Trained trained,
        List<Layer> layers,
        Head head,
        Batch batch,
        Beside beside,
        boolean recomputed,
        boolean half) {

    /**
     * How the model lies in memory.
     *
     * @param parameters numbers in all
     * @param codes those that are kept as codes
     * @param codeBits bits of a code
     * @param halves those that are kept in 16 bits; all others are fp32
     */
    public record Weights(long parameters, long codes, int codeBits, long halves) {}

    /**
     * What is trained.
     *
     * @param numbers in all
     * @param largest those of the largest array
     * @param adapter whether they are saved as an adapter, too
     * @param moments what is remembered of each number
     */
    public record Trained(long numbers, long largest, boolean adapter, Moments moments) {}

    /**
     * What else lies in memory.
     *
     * @param again numbers of the model that come once more at the end: read, to show what training changed, or merged
     * @param remembered numbers that layers in which nothing is trained gave for all texts
     * @param tokenizer bytes of its file
     */
    public record Beside(long again, long remembered, long tokenizer) {}

    /**
     * Numbers for each token.
     *
     * @param exact of 32 bits in any case
     * @param multiplied of as many as what is multiplied has
     */
    public record Numbers(double exact, double multiplied) {

        Numbers plus(Numbers other) {
            return new Numbers(exact + other.exact, multiplied + other.multiplied);
        }
    }

    /**
     * A layer.
     *
     * @param hidden width of its states
     * @param attention width of its queries: heads times the width of a head
     * @param before made up to the end of attention
     * @param behind made behind it
     * @param learnt kept for what is trained in it, beside what gradients need that pass through
     * @param matrices numbers that a token is multiplied by
     * @param trained those of them that are trained
     * @param additions numbers that a token is multiplied by in what a method adds
     * @param learns whether gradients pass through it
     */
    public record Layer(
            long hidden,
            long attention,
            Numbers before,
            Numbers behind,
            Numbers learnt,
            long matrices,
            long trained,
            long additions,
            boolean learns) {}

    /**
     * What stands on top.
     *
     * @param hidden width of the states that it reads
     * @param outputs numbers that it gives for one
     * @param matrices numbers that a state is multiplied by
     * @param trained those of them that are trained
     * @param ofWholeText whether it reads one state of a text, rather than each
     * @param narrowed whether the last layer goes on, behind attention, with nothing but what is read
     * @param alone whether nothing below it is trained, so that what it reads is computed once
     */
    public record Head(
            long hidden,
            long outputs,
            long matrices,
            long trained,
            boolean ofWholeText,
            boolean narrowed,
            boolean alone) {}

    /**
     * What a step sees.
     *
     * @param size texts
     * @param atOnce texts computed at once
     * @param length tokens of a text
     * @param virtualTokens in front of each
     * @param keysInFront of each in every layer
     */
    public record Batch(int size, int atOnce, int length, int virtualTokens, int keysInFront) {

        /** States of a text in a layer. */
        long states() {
            return (long) length + virtualTokens;
        }
    }
}
