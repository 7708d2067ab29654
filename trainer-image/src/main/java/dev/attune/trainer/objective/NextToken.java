package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.stream.IntStream;

/** Cross entropy of each label given the tokens before it. The head computes the positions that count, and no others. */
final class NextToken {

    /** Logits are computed for some positions at a time: both passes then hold a few of them beside what is kept. */
    private static final int LOGITS_AT_ONCE = 1 << 24;

    private NextToken() {}

    static long count(Network network, Batch batch) {
        return labelled(network, batch).length;
    }

    /** The states before the labels that count. */
    static NDArray rows(Architecture architecture, Network network, Batch batch) {
        var hidden = architecture.hidden(network, Inputs.of(batch));
        var virtual = network.virtualTokens();
        var length = batch.length() + virtual;
        var index = IntStream.of(labelled(network, batch))
                .mapToLong(at -> (long) (at / batch.length()) * length + virtual + at % batch.length() - 1)
                .toArray();
        return Ops.rows(hidden.reshape(-1, hidden.getShape().get(2)), Torch.array(index));
    }

    static Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        var labels = IntStream.of(labelled(network, batch))
                .mapToLong(at -> batch.labels()[at])
                .toArray();
        return chunked(architecture, network, rows, labels);
    }

    /** The cross entropy of labels [n] by rows {@code [n, hidden]}, some at a time. */
    static Loss chunked(Architecture architecture, Network network, NDArray rows, long[] labels) {
        return chunked(architecture, network, rows, labels, Math.max(1, LOGITS_AT_ONCE / architecture.vocabulary()));
    }

    /** The same, {@code chunk} rows at a time. */
    static Loss chunked(Architecture architecture, Network network, NDArray rows, long[] labels, int chunk) {
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

    /** Places of the labels that count: the first of a row is predicted only where virtual tokens stand before it. */
    private static int[] labelled(Network network, Batch batch) {
        return IntStream.range(0, batch.size() * batch.length())
                .filter(at -> at % batch.length() != 0 || network.virtualTokens() > 0)
                .filter(at -> batch.labels()[at] != Batch.IGNORED)
                .toArray();
    }
}
