package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Narrowed;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Texts;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.stream.IntStream;

/** A batch as a network reads it. */
final class Inputs {

    private Inputs() {}

    /** Row by row, with filling. */
    static Tokens of(Batch batch) {
        var shape = new Shape(batch.size(), batch.length());
        var ids = Torch.array(longs(batch.ids()), shape);
        var segments = batch.segments() == null ? null : Torch.array(longs(batch.segments()), shape);
        var real = batch.filled() ? Torch.array(truths(batch.attentionMask()), shape) : null;
        return new Tokens(ids, segments, real, filledBehind(batch), 0, null, null);
    }

    /**
     * The states {@code [n, hidden]} at some places of a batch, or some tokens before them; virtual tokens stand in front of
     * each row. No filling is computed, unless the model or the network can't do without, and behind attention in the last
     * layer nothing but those states.
     *
     * @param places [n] in the batch's ids, row by row, ascending
     */
    static NDArray states(Architecture architecture, Network network, Batch batch, int[] places, int before) {
        var inARow = batch.filled()
                && architecture.readsTextsInARow()
                && network.virtualTokens() == 0
                && network.past() == 0;
        var begins = inARow ? begins(batch) : null;
        var virtual = network.virtualTokens();
        var length = batch.length();
        var index = IntStream.of(places)
                .mapToLong(at -> (inARow ? begins[at / length] : (at / length) * (long) (length + virtual))
                        + virtual
                        + at % length
                        - before)
                .toArray();
        var all = inARow ? begins[batch.size()] : (long) batch.size() * (length + virtual);
        var wanted = Torch.array(index);
        var narrowed = architecture.readsTextsInARow() && index.length < all
                ? new Narrowed(
                        network,
                        architecture.layerNames().get(architecture.layerNames().size() - 1),
                        wanted,
                        all)
                : network;
        var hidden = architecture.hidden(narrowed, inARow ? inARow(batch) : of(batch));
        var states = hidden.reshape(-1, hidden.getShape().get(2));
        return states.getShape().get(0) == index.length ? states : Ops.rows(states, wanted);
    }

    /** Where each text begins when they stand behind each other, and where the last one ends, [size + 1]. */
    private static long[] begins(Batch batch) {
        var begins = new long[batch.size() + 1];
        for (var row = 0; row < batch.size(); row++) {
            begins[row + 1] = begins[row] + batch.textLength(row);
        }
        return begins;
    }

    private static Tokens inARow(Batch batch) {
        var texts =
                IntStream.range(0, batch.size()).mapToLong(batch::textLength).toArray();
        var segments = batch.segments() == null ? null : behindEachOther(batch, batch.segments());
        return Tokens.inARow(behindEachOther(batch, batch.ids()), segments, new Texts(texts));
    }

    /** {@code [1, tokens]} */
    private static NDArray behindEachOther(Batch batch, int[] numbers) {
        var real = IntStream.of(batch.places()).mapToLong(at -> numbers[at]).toArray();
        return Torch.array(real, new Shape(1, real.length));
    }

    private static long[] longs(int[] numbers) {
        return IntStream.of(numbers).asLongStream().toArray();
    }

    private static boolean[] truths(int[] numbers) {
        var truths = new boolean[numbers.length];
        for (var at = 0; at < numbers.length; at++) {
            truths[at] = numbers[at] == 1;
        }
        return truths;
    }

    private static boolean filledBehind(Batch batch) {
        return IntStream.range(1, batch.attentionMask().length)
                .filter(at -> at % batch.length() != 0)
                .noneMatch(at -> batch.attentionMask()[at] > batch.attentionMask()[at - 1]);
    }
}
