package dev.attune.trainer.objective;

import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Mask;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.stream.IntStream;

/** Cross entropy of each label given the tokens before it. The head computes the positions that count, and no others. */
final class NextToken {

    private NextToken() {}

    static Loss loss(Architecture architecture, Network network, Batch batch) {
        var manager = Torch.manager();
        var shape = new Shape(batch.size(), batch.length());
        var ids = manager.create(IntStream.of(batch.ids()).asLongStream().toArray(), shape);
        var hidden = architecture.hidden(network, new Tokens(ids, 0, mask(batch)));
        var positions = counted(batch);
        var labels = IntStream.of(positions)
                .mapToLong(position -> batch.labels()[position + 1])
                .toArray();
        var index = manager.create(IntStream.of(positions).asLongStream().toArray());
        var rows = Ops.rows(hidden.reshape(-1, hidden.getShape().get(2)), index);
        var logits = architecture.logits(network, rows);
        return new Loss(Ops.crossEntropySum(logits, manager.create(labels)), labels.length);
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
