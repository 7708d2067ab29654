package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.stream.IntStream;

/** Cross entropy of tokens, whose logits are never there all at once. */
final class ChunkedCrossEntropy {

    /** Logits are computed for some positions at a time: both passes then hold a few of them beside what is kept. */
    private static final int LOGITS_AT_ONCE = 1 << 24;

    private ChunkedCrossEntropy() {}

    /** The cross entropy of labels [n] by rows {@code [n, hidden]}, some at a time. */
    static Loss of(Architecture architecture, Network network, NDArray rows, long[] labels) {
        return of(architecture, network, rows, labels, Math.max(1, LOGITS_AT_ONCE / architecture.vocabulary()));
    }

    /** The same, {@code chunk} rows at a time. */
    static Loss of(Architecture architecture, Network network, NDArray rows, long[] labels, int chunk) {
        var index = Torch.array(labels);
        var sum = IntStream.iterate(0, from -> from == 0 || from < labels.length, from -> from + chunk)
                .mapToObj(from -> Scope.result(() -> sum(architecture, network, rows, index, from, chunk)))
                .reduce(NDArray::add)
                .orElseThrow();
        return new Loss(sum, labels.length, null);
    }

    private static NDArray sum(
            Architecture architecture, Network network, NDArray rows, NDArray labels, int from, int chunk) {
        var to = Math.min(from + chunk, labels.getShape().get(0));
        var some = Ops.slice(rows, from, to);
        return Ops.crossEntropySum(architecture.outputs(network, some), Ops.slice(labels, from, to));
    }
}
