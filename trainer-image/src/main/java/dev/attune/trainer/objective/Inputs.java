package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.stream.IntStream;

/** A batch as a network reads it. */
final class Inputs {

    private Inputs() {}

    static Tokens of(Batch batch) {
        var shape = new Shape(batch.size(), batch.length());
        var ids = Torch.array(longs(batch.ids()), shape);
        var segments = batch.segments() == null ? null : Torch.array(longs(batch.segments()), shape);
        return new Tokens(ids, segments, real(batch, shape), filledBehind(batch), 0, null);
    }

    /**
     * The states {@code [n, hidden]} at some places of a batch, or some tokens before them; virtual tokens stand in front of
     * each row.
     *
     * @param places [n] in the batch's ids, row by row
     */
    static NDArray states(Architecture architecture, Network network, Batch batch, int[] places, int before) {
        var hidden = architecture.hidden(network, of(batch));
        var virtual = network.virtualTokens();
        var length = batch.length() + virtual;
        var index = IntStream.of(places)
                .mapToLong(at -> (long) (at / batch.length()) * length + virtual + at % batch.length() - before)
                .toArray();
        return Ops.rows(hidden.reshape(-1, hidden.getShape().get(2)), Torch.array(index));
    }

    private static long[] longs(int[] numbers) {
        return IntStream.of(numbers).asLongStream().toArray();
    }

    private static NDArray real(Batch batch, Shape shape) {
        var real = new boolean[batch.attentionMask().length];
        var filled = false;
        for (var at = 0; at < real.length; at++) {
            real[at] = batch.attentionMask()[at] == 1;
            filled |= !real[at];
        }
        return filled ? Torch.array(real, shape) : null;
    }

    private static boolean filledBehind(Batch batch) {
        return IntStream.range(1, batch.attentionMask().length)
                .filter(at -> at % batch.length() != 0)
                .noneMatch(at -> batch.attentionMask()[at] > batch.attentionMask()[at - 1]);
    }
}
