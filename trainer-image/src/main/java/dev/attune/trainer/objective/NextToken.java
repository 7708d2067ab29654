package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Mask;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Cross entropy of each label given the tokens before it. The head computes the positions that count, and no others. */
final class NextToken {

    /** Logits are computed for some positions at a time: both passes then hold a few of them beside what is kept. */
    private static final int LOGITS_AT_ONCE = 1 << 24;

    private NextToken() {}

    static Loss loss(Architecture architecture, Network network, Batch batch) {
        var manager = Torch.manager();
        var shape = new Shape(batch.size(), batch.length());
        var ids = manager.create(IntStream.of(batch.ids()).asLongStream().toArray(), shape);
        var hidden = architecture.hidden(network, new Tokens(ids, 0, mask(batch)));
        var rows = hidden.reshape(-1, hidden.getShape().get(2));
        var positions = counted(batch);
        var chunk = Math.max(1, LOGITS_AT_ONCE / architecture.vocabulary());
        var sums = IntStream.iterate(0, from -> from == 0 || from < positions.length, from -> from + chunk)
                .mapToObj(from -> Arrays.copyOfRange(positions, from, Math.min(from + chunk, positions.length)))
                .map(some -> Scope.result(() -> sum(architecture, network, rows, batch, some)));
        return new Loss(sums.reduce(NDArray::add).orElseThrow(), positions.length);
    }

    private static NDArray sum(Architecture architecture, Network network, NDArray rows, Batch batch, int[] positions) {
        var manager = Torch.manager();
        var index = manager.create(IntStream.of(positions).asLongStream().toArray());
        var labels = IntStream.of(positions)
                .mapToLong(position -> batch.labels()[position + 1])
                .toArray();
        var logits = architecture.logits(network, Ops.rows(rows, index));
        return Ops.crossEntropySum(logits, manager.create(labels));
    }

    /** Positions whose next token's label counts. */
    private static int[] counted(Batch batch) {
        return IntStream.range(0, batch.size() * batch.length())
                .filter(position -> (position + 1) % batch.length() != 0)
                .filter(position -> batch.labels()[position + 1] != Batch.IGNORED)
                .toArray();
    }

    /** Padding on the right is never seen by what is before it; any other padding has to be masked. */
    private static Mask mask(Batch batch) {
        var padded = IntStream.range(1, batch.attentionMask().length)
                .filter(at -> at % batch.length() != 0)
                .anyMatch(at -> batch.attentionMask()[at] > batch.attentionMask()[at - 1]);
        return padded ? masked(batch) : Mask.CAUSAL;
    }

    private static Mask masked(Batch batch) {
        var length = batch.length();
        var allowed = new boolean[batch.size() * length * length];
        for (var row = 0; row < batch.size(); row++) {
            for (var query = 0; query < length; query++) {
                for (var key = 0; key <= query; key++) {
                    allowed[(row * length + query) * length + key] =
                            key == query || batch.attentionMask()[row * length + key] == 1;
                }
            }
        }
        return new Mask(Torch.manager().create(allowed, new Shape(batch.size(), 1, length, length)));
    }
}
