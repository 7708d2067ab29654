package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import java.util.stream.IntStream;

/** Each token is told by the state before it. */
record NextToken() implements TokenScoring {

    /** The first of a row is predicted only where virtual tokens stand before it. */
    @Override
    public int[] labelled(Network network, Batch batch) {
        return IntStream.of(TokenScoring.super.labelled(network, batch))
                .filter(at -> at % batch.length() != 0 || network.virtualTokens() > 0)
                .toArray();
    }

    @Override
    public NDArray rows(Architecture architecture, Network network, Batch batch) {
        return Inputs.states(architecture, network, batch, labelled(network, batch), 1);
    }
}
