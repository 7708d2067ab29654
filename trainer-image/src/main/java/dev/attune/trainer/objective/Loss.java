package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;

/**
 * What a batch costs.
 *
 * @param sum scalar {@code []}: the sum over all that counts, in nats
 * @param count over how many the sum runs; of weighted ones, the sum of their weights
 * @param outputs what the head gave {@code [n, outputs]}; {@code null} where it was never whole
 */
public record Loss(NDArray sum, double count, NDArray outputs) {}
