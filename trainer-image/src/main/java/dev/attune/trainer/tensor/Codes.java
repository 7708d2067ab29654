package dev.attune.trainer.tensor;

import static dev.attune.trainer.tensor.Script.of;
import static dev.attune.trainer.tensor.Script.tensor;

import ai.djl.ndarray.NDArray;

/**
 * Numbers as codes of a few bits, each block of them with a scale, and back; without gradients. What is rounded at random is so
 * by one draw for each place of a block, which all blocks of a call share.
 */
public final class Codes {

    private Codes() {}

    /** The largest magnitude of each row of {@code [n, block]}: {@code [n]}. */
    public static NDArray blockMaxima(NDArray blocks) {
        return tensor(blocks, "block_maxima", of(blocks));
    }

    /** Each row of {@code [n, block]} by its scale; a row of zeros stays. */
    public static NDArray blockRatios(NDArray blocks, NDArray scales) {
        return tensor(blocks, "block_ratios", of(blocks), of(scales));
    }

    /** The number of the gap between borders {@code [15]} that each number falls into, two a byte, the first one in front. */
    public static NDArray packNf4(NDArray x, NDArray borders) {
        return tensor(x, "pack_nf4", of(x), of(borders));
    }

    /** The two numbers that a table {@code [256, 2]} has for each byte, times their block's scale: {@code [n, block]}. */
    public static NDArray unpackNf4(NDArray codes, NDArray scales, NDArray pairs) {
        return tensor(scales, "unpack_nf4", of(codes), of(scales), of(pairs));
    }

    /** Numbers within ±1 as whole 127ths, int8. */
    public static NDArray packInt8(NDArray x) {
        return tensor(x, "pack_int8", of(x));
    }

    /** Numbers {@code [n, block]} within ±1 as a sign, 4 bits of exponent and 3 of fraction, rounded at random; uint8. */
    public static NDArray packE4m3(NDArray x) {
        return tensor(x, "pack_e4m3", of(x));
    }

    /** What these stand for, times their block's scale: {@code [n, block]}. */
    public static NDArray unpackE4m3(NDArray codes, NDArray scales) {
        return tensor(scales, "unpack_e4m3", of(codes), of(scales));
    }

    /** Numbers {@code [n, block]} from 0 to 1 as 5 bits of exponent and 3 of fraction, rounded at random; uint8. */
    public static NDArray packE5m3(NDArray x) {
        return tensor(x, "pack_e5m3", of(x));
    }

    /** What these stand for, times their block's scale: {@code [n, block]}. */
    public static NDArray unpackE5m3(NDArray codes, NDArray scales) {
        return tensor(scales, "unpack_e5m3", of(codes), of(scales));
    }

    /** 127ths times their block's scale: {@code [n, block]}. */
    public static NDArray unpackInt8(NDArray codes, NDArray scales) {
        return tensor(scales, "unpack_int8", of(codes), of(scales));
    }
}
