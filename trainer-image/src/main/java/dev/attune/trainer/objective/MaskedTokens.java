package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;

/** Each token is told by its own state, which all others may reach. */
record MaskedTokens() implements TokenScoring {

    @Override
    public NDArray rows(Architecture architecture, Network network, Batch batch) {
        return Inputs.states(architecture, network, batch, labelled(network, batch), 0);
    }
}
