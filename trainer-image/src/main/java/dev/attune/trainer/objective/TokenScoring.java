package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import java.util.stream.IntStream;

/** Which state of a model tells which token. The head computes the tokens that count, and no others. */
interface TokenScoring {

    /** Places in a batch's labels of those that count: of all but {@link Batch#IGNORED}. */
    default int[] labelled(Network network, Batch batch) {
        return IntStream.range(0, batch.labels().length)
                .filter(at -> batch.labels()[at] != Batch.IGNORED)
                .toArray();
    }

    /** The states that tell them, {@code [n, hidden]}. */
    NDArray rows(Architecture architecture, Network network, Batch batch);

    /** Cross entropy of the labels that count by their states. */
    default Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        return ChunkedCrossEntropy.of(architecture, network).loss(rows, labels(network, batch));
    }

    /** Adds its gradient, scaled, to all weights that it came from; the loss, not scaled. */
    default double learn(Architecture architecture, Network network, NDArray rows, Batch batch, double scale) {
        return ChunkedCrossEntropy.of(architecture, network).learn(rows, labels(network, batch), scale);
    }

    private long[] labels(Network network, Batch batch) {
        return IntStream.of(labelled(network, batch))
                .mapToLong(at -> batch.labels()[at])
                .toArray();
    }
}
