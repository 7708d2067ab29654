package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.stream.IntStream;

/** Cross entropy of each label at its own token, which all others may tell. The head computes the tokens that count, and no others. */
final class MaskedTokens {

    private MaskedTokens() {}

    static long count(Batch batch) {
        return labelled(batch).length;
    }

    /** The states of the tokens that count. */
    static NDArray rows(Architecture architecture, Network network, Batch batch) {
        var hidden = architecture.hidden(network, Inputs.of(batch));
        var virtual = network.virtualTokens();
        var length = batch.length() + virtual;
        var index = IntStream.of(labelled(batch))
                .mapToLong(at -> (long) (at / batch.length()) * length + virtual + at % batch.length())
                .toArray();
        return Ops.rows(hidden.reshape(-1, hidden.getShape().get(2)), Torch.array(index));
    }

    static Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        var labels = IntStream.of(labelled(batch))
                .mapToLong(at -> batch.labels()[at])
                .toArray();
        return NextToken.chunked(architecture, network, rows, labels);
    }

    private static int[] labelled(Batch batch) {
        return IntStream.range(0, batch.labels().length)
                .filter(at -> batch.labels()[at] != Batch.IGNORED)
                .toArray();
    }
}
