package dev.attune.trainer.tensor;

import static dev.attune.trainer.tensor.Script.of;
import static dev.attune.trainer.tensor.Script.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/**
 * The operations that DJL's arrays lack, with gradients, each one call into libtorch; the
 * names and meanings are those of {@code torch}.
 *
 * <p>An array may be bf16, for which DJL has no name: it can be added, multiplied and reshaped, but its type and its numbers
 * can't be asked for. Weights are taken as the type of x, and their gradients come in their own; norms and embeddings give
 * fp32.
 */
public final class Ops {

    private Ops() {}

    /** {@code x·wᵀ}: x {@code [..., in]}, w {@code [out, in]}. */
    public static NDArray linear(NDArray x, NDArray w) {
        return tensor(x, "linear", of(x), of(w));
    }

    /** {@code x·wᵀ + b}: x {@code [..., in]}, w {@code [out, in]}, b {@code [out]}. */
    public static NDArray linear(NDArray x, NDArray w, NDArray b) {
        return tensor(x, "linear_bias", of(x), of(w), of(b));
    }

    /** {@code x·w + b}, GPT-2's linear layer: x {@code [..., in]}, w {@code [in, out]}, b {@code [out]}. */
    public static NDArray conv1d(NDArray x, NDArray w, NDArray b) {
        return tensor(x, "conv1d", of(x), of(w), of(b));
    }

    /** {@code scale·(x·aᵀ)·bᵀ}: x {@code [..., in]}, a {@code [rank, in]}, b {@code [out, rank]}. */
    public static NDArray lowRank(NDArray x, NDArray a, NDArray b, double scale) {
        return tensor(x, "low_rank", of(x), of(a), of(b), IValue.from(scale));
    }

    /** The same of ids {@code [...]}, each standing for the input that is 1 there and 0 elsewhere; a {@code [rank, ids]}. */
    public static NDArray lowRankEmbedding(NDArray ids, NDArray a, NDArray b, double scale) {
        return tensor(a, "low_rank_embedding", of(ids), of(a), of(b), IValue.from(scale));
    }

    /** L2 of each row of {@code w + scale·b·a}, {@code [out]}, without history: w {@code [out, in]}. */
    public static NDArray rowNorms(NDArray w, NDArray a, NDArray b, double scale) {
        return tensor(a, "row_norms", of(w), of(a), of(b), IValue.from(scale));
    }

    /**
     * {@code y + (k−1)·base + k·update} with {@code k = magnitude / norm}, in the type of y: arrays {@code [..., out]}, the
     * last two {@code [out]}.
     */
    public static NDArray dora(NDArray y, NDArray base, NDArray update, NDArray magnitude, NDArray norm) {
        return tensor(y, "dora", of(y), of(base), of(update), of(magnitude), of(norm));
    }

    /** Whether an array came from a weight that gradients are kept for. */
    static boolean hasHistory(NDArray x) {
        try (var result = Script.call("has_history", of(x))) {
            return result.toBoolean();
        }
    }

    /** A seed drawn from the random numbers, int64 {@code [1]}, where an array lives. */
    static NDArray randomSeed(NDArray like) {
        return tensor(like, "random_seed");
    }

    /** Rows of w {@code [vocabulary, hidden]} by ids {@code [...]}: {@code [..., hidden]}. */
    public static NDArray embedding(NDArray w, NDArray ids) {
        return tensor(w, "embedding", of(w), of(ids));
    }

    /** Layer normalisation over the last axis; w and b {@code [hidden]}. */
    public static NDArray layerNorm(NDArray x, NDArray w, NDArray b, double epsilon) {
        return tensor(x, "layer_norm", of(x), of(w), of(b), IValue.from(epsilon));
    }

    /** Root-mean-square normalisation over the last axis; w {@code [hidden]}. */
    public static NDArray rmsNorm(NDArray x, NDArray w, double epsilon) {
        return tensor(x, "rms_norm", of(x), of(w), IValue.from(epsilon));
    }

    /** Gaussian error linear unit, exact. */
    public static NDArray gelu(NDArray x) {
        return tensor(x, "gelu", of(x));
    }

    /** Gaussian error linear unit by tanh, GPT-2's {@code gelu_new}. */
    public static NDArray geluTanh(NDArray x) {
        return tensor(x, "gelu_tanh", of(x));
    }

    /** {@code x·sigmoid(x)}. */
    public static NDArray silu(NDArray x) {
        return tensor(x, "silu", of(x));
    }

    /** {@code max(x, 0)}. */
    public static NDArray relu(NDArray x) {
        return tensor(x, "relu", of(x));
    }

    /** Zeroes each number with probability p and scales the others by 1/(1−p). */
    public static NDArray dropout(NDArray x, double p) {
        return tensor(x, "dropout", of(x), IValue.from(p));
    }

    /**
     * Rotary position embedding, half-split: x {@code [batch, heads, length, d]}, cos and sin {@code [length, width]}; what of
     * a head lies behind the width stays as it is.
     */
    public static NDArray rotate(NDArray x, NDArray cos, NDArray sin) {
        var whole = cos.getShape().get(1) == x.getShape().get(3);
        return tensor(x, whole ? "rotate" : "rotate_part", of(x), of(cos), of(sin));
    }

    /**
     * Scaled dot-product attention: q {@code [batch, heads, length, d]}, k and v {@code [batch, kvHeads, keys, d]}, where
     * kvHeads divides heads; in the type of q.
     */
    public static NDArray attention(NDArray q, NDArray k, NDArray v, boolean causal) {
        return tensor(q, "attention", of(q), of(k), of(v), IValue.from(causal));
    }

    /** The same of texts that stand behind each other, each of which attends to itself alone; lengths [texts]. */
    public static NDArray attention(NDArray q, NDArray k, NDArray v, long[] lengths, boolean causal) {
        return tensor(q, "attention_apart", of(q), of(k), of(v), IValue.listFrom(lengths), IValue.from(causal));
    }

    /** The same with a mask that broadcasts to {@code [batch, heads, length, keys]}: boolean, true may be attended to; or added. */
    public static NDArray attention(NDArray q, NDArray k, NDArray v, NDArray mask) {
        return tensor(q, "attention_masked", of(q), of(k), of(v), of(mask));
    }

    /** The same of texts that stand behind each other, each with a mask of its own, {@code [1, heads or 1, length, length]}. */
    public static NDArray attention(NDArray q, NDArray k, NDArray v, List<NDArray> masks) {
        return tensor(q, "attention_apart_masked", of(q), of(k), of(v), of(masks));
    }

    /** Sum of cross entropies in nats: logits {@code [n, classes]}, labels int64 {@code [n]}, −100 left out. */
    public static NDArray crossEntropySum(NDArray logits, NDArray labels) {
        return tensor(logits, "cross_entropy_sum", of(logits), of(labels));
    }

    /**
     * The same with weights {@code [classes]} of the labels' classes, each label giving a share of its certainty to all
     * classes; what it would be divided by for a mean is the sum of the labels' weights.
     */
    public static NDArray crossEntropySum(NDArray logits, NDArray labels, NDArray weights, double smoothing) {
        return tensor(
                logits, "cross_entropy_weighted_sum", of(logits), of(labels), of(weights), IValue.from(smoothing));
    }

    /** Sum of binary cross entropies in nats: logits and targets {@code [n, classes]}, weights {@code [classes]} of 1s. */
    public static NDArray binaryCrossEntropySum(NDArray logits, NDArray targets, NDArray weights) {
        return tensor(logits, "binary_cross_entropy_sum", of(logits), of(targets), of(weights));
    }

    /** The rows of x {@code [n, ...]} that index int64 {@code [m]} names: {@code [m, ...]}. */
    public static NDArray rows(NDArray x, NDArray index) {
        return tensor(x, "index_select", of(x), of(index));
    }

    /**
     * {@code factor·x}. NDArray's own {@code mul} and {@code div} make an array of the factor that is gone before a gradient
     * asks for it.
     */
    public static NDArray scale(NDArray x, double factor) {
        return tensor(x, "scale", of(x), IValue.from(factor));
    }

    /** The rows of x from one to before another, sharing memory. */
    public static NDArray slice(NDArray x, long from, long to) {
        return tensor(x, "slice_rows", of(x), IValue.from(from), IValue.from(to));
    }

    /** The bias where the boolean mask allows it, −∞ elsewhere; both broadcast to {@code [batch, heads, queries, keys]}. */
    public static NDArray maskedBias(NDArray bias, NDArray allowed) {
        return tensor(bias, "masked_bias", of(bias), of(allowed));
    }

    /** x as the type of another array, with gradient. */
    public static NDArray like(NDArray x, NDArray other) {
        return tensor(x, "like", of(x), of(other));
    }

    /** The same numbers as fp32, with gradient; what is fp32 already shares memory. */
    public static NDArray fp32(NDArray x) {
        return tensor(x, "fp32", of(x));
    }

    /** The same numbers as bf16, with gradient; what is bf16 already shares memory. */
    public static NDArray bf16(NDArray x) {
        return tensor(x, "bf16", of(x));
    }

    /** Bytes {@code [..., n·size]} read as numbers of a type. */
    public static NDArray fromBytes(NDArray bytes, long scalarType) {
        return tensor(bytes, "from_bytes", of(bytes), IValue.from(scalarType));
    }

    /** The same numbers, without their history; memory is shared. */
    public static NDArray detach(NDArray x) {
        return tensor(x, "detach", of(x));
    }
}
