package dev.attune.trainer.train;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Codes;

/**
 * Numbers in 8 bits: an exponent and 3 bits of fraction, as FP8 has them (https://arxiv.org/abs/2209.05433), beside the
 * largest of every block of them. A number between two codes becomes either at random, the nearer one the likelier, so that
 * its mean is kept: a moment that falls by a thousandth a step would else be rounded back at each. Below the smallest code it
 * isn't: a mean so small becomes 0, and a square the smallest code.
 */
enum Minifloat {
    /** A sign, and 4 bits of exponent: down to 2⁻¹⁶ of a block's largest, and 0. */
    E4M3 {
        @Override
        NDArray codes(NDArray ratios) {
            return Codes.packE4m3(ratios);
        }

        @Override
        NDArray decoded(NDArray codes, NDArray scales) {
            return Codes.unpackE4m3(codes, scales);
        }
    },
    /** 5 bits of exponent: down to 2⁻³² of a block's largest; there is no 0, as one divides by it. */
    E5M3 {
        @Override
        NDArray codes(NDArray ratios) {
            return Codes.packE5m3(ratios);
        }

        @Override
        NDArray decoded(NDArray codes, NDArray scales) {
            return Codes.unpackE5m3(codes, scales);
        }
    };

    /** Numbers that share a scale. */
    static final int BLOCK = 256;

    /** Codes, and the scale of each block. */
    record Coded(NDArray codes, NDArray scales) {}

    /** Numbers {@code [blocks, BLOCK]}: codes uint8 of the same shape, and scales {@code [blocks]}. */
    Coded coded(NDArray blocks) {
        var scales = Codes.blockMaxima(blocks);
        return new Coded(codes(Codes.blockRatios(blocks, scales)), scales);
    }

    abstract NDArray codes(NDArray ratios);

    /** The numbers {@code [blocks, BLOCK]} that codes and scales stand for. */
    abstract NDArray decoded(NDArray codes, NDArray scales);
}
