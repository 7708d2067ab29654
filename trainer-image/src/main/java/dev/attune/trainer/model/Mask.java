package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Which keys a query may look at, and what is added to its scores. It is a rule rather than a table, as a method or a cache
 * may put keys in front: the last query always stands at the last key, and keys in front are seen as earlier tokens are.
 *
 * @param causal whether a query sees no key behind it
 * @param window how many keys a causal query sees, itself included; 0: all before it
 * @param real boolean {@code [batch, keys]} of the last keys: false for filling; {@code null}: there is none
 * @param bias added to the scores; {@code null}: nothing
 * @param texts that stand behind each other, the rule being for each by itself; {@code null}: there is one
 */
public record Mask(boolean causal, int window, NDArray real, Bias bias, Texts texts) {

    /** What is added to scores: {@code [1, heads, queries, keys]}, the last query standing at the last key. */
    @FunctionalInterface
    public interface Bias {
        /** The table for some queries and keys, with gradient. */
        NDArray of(long queries, long keys);
    }

    /** Every token sees itself and what is before it. */
    public static Mask causal(Tokens tokens) {
        return new Mask(true, 0, tokens.filledBehind() ? null : tokens.real(), null, tokens.texts());
    }

    /** Every token sees every other that is real. */
    public static Mask full(Tokens tokens) {
        return new Mask(false, 0, tokens.real(), null, tokens.texts());
    }

    /** The same, with something added to the scores. */
    public Mask plus(Bias added) {
        return new Mask(causal, window, real, added, texts);
    }

    /** The same, seeing only the last keys. */
    public Mask within(int keys) {
        return new Mask(causal, keys, real, bias, texts);
    }

    /** The table of each text, {@code [1, heads or 1, length, length]}. */
    List<NDArray> tables(NDManager manager) {
        return LongStream.of(texts.lengths())
                .mapToObj(length -> table(manager, length, length))
                .toList();
    }

    /** Whether, within a text, all that there is to mask is the future, if anything. */
    boolean plain(long queries, long keys) {
        return real == null && bias == null && (!causal || queries == 1 || queries == keys) && !cuts(keys);
    }

    private boolean cuts(long keys) {
        return window > 0 && window < (texts == null ? keys : texts.longest());
    }

    /**
     * The rule as a table that broadcasts to {@code [batch, heads, queries, keys]}: boolean, true where a query may look; or
     * with a bias what is added to the scores.
     */
    NDArray table(NDManager manager, long queries, long keys) {
        var allowed = real == null ? order(manager, queries, keys) : seen(manager, queries, keys);
        return bias == null ? allowed : Ops.maskedBias(bias.of(queries, keys), allowed);
    }

    /** A query that filling follows sees itself in any case, as a row of nothing but filling has no softmax. */
    private NDArray seen(NDManager manager, long queries, long keys) {
        var batch = real.getShape().get(0);
        var front = keys - real.getShape().get(1);
        var known = front == 0
                ? real
                : manager.ones(new Shape(batch, front))
                        .toType(real.getDataType(), false)
                        .concat(real, 1);
        var columns = known.reshape(batch, 1, 1, keys);
        if (!causal) {
            return columns;
        }
        return columns.logicalOr(itself(manager, queries, keys)).logicalAnd(order(manager, queries, keys));
    }

    private NDArray order(NDManager manager, long queries, long keys) {
        return table(
                manager,
                queries,
                keys,
                (query, key) -> !causal || key <= query && (window == 0 || key > query - window));
    }

    private static NDArray itself(NDManager manager, long queries, long keys) {
        return table(manager, queries, keys, (query, key) -> query == key);
    }

    private interface Rule {
        boolean sees(long query, long key);
    }

    private static NDArray table(NDManager manager, long queries, long keys, Rule rule) {
        var allowed = new boolean[Math.toIntExact(queries * keys)];
        for (var row = 0; row < queries; row++) {
            for (var key = 0; key < keys; key++) {
                allowed[(int) (row * keys) + key] = rule.sees(keys - queries + row, key);
            }
        }
        return Torch.array(allowed, new Shape(1, 1, queries, keys));
    }
}
