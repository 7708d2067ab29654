package dev.attune.trainer.feature;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.objective.Objective;

/** Where the rows of the last hidden states come from that an objective's head reads. */
public interface Rows {

    /** The rows of a batch that count, {@code [n, hidden]}. */
    NDArray of(Network network, Batch batch);

    /** Rows that are computed by the network each time. */
    static Rows computed(Architecture architecture, Objective objective) {
        return (network, batch) -> objective.rows(architecture, network, batch);
    }
}
