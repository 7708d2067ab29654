package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Cross entropy of tokens by rows {@code [n, hidden]}, whose logits are never there all at once: they are computed for some
 * rows at a time, and gone before the next ones, with gradients as without.
 *
 * @param chunk rows at a time
 */
record ChunkedCrossEntropy(Architecture architecture, Network network, int chunk) {

    /** The logits of a chunk, which are there three times when their gradient is computed. */
    private static final int LOGITS_AT_ONCE = 1 << 23;

    /** As many rows at a time as the vocabulary leaves room for. */
    static ChunkedCrossEntropy of(Architecture architecture, Network network) {
        return new ChunkedCrossEntropy(architecture, network, Math.max(1, LOGITS_AT_ONCE / architecture.vocabulary()));
    }

    /** The cross entropy of labels [n] in nats, to measure by. */
    Loss loss(NDArray rows, long[] labels) {
        return new Loss(Torch.scalar(sum(rows, labels, NDArray::getFloat)), labels.length, null);
    }

    /**
     * Adds its gradient, scaled, to all weights that it came from: the head's a chunk at a time, the others' when all chunks
     * have told what they want of the rows.
     *
     * @return the cross entropy in nats, not scaled
     */
    double learn(NDArray rows, long[] labels, double scale) {
        var read = Torch.leaf(rows);
        var weight = Torch.scalar(scale);
        var sum = sum(read, labels, part -> {
            Torch.backward(part, weight);
            return part.getFloat();
        });
        if (Torch.hasHistory(rows)) {
            network.backward(rows, read.getGradient());
        }
        return sum;
    }

    private double sum(NDArray rows, long[] labels, ToDoubleFunction<NDArray> use) {
        var index = Torch.array(labels);
        return IntStream.iterate(0, from -> from < labels.length, from -> from + chunk)
                .mapToDouble(from -> Scope.number(() -> part(rows, index, from), use))
                .sum();
    }

    private NDArray part(NDArray rows, NDArray labels, int from) {
        var to = Math.min(from + chunk, labels.getShape().get(0));
        var logits = architecture.outputs(network, Ops.slice(rows, from, to));
        return Ops.crossEntropySum(logits, Ops.slice(labels, from, to));
    }
}
