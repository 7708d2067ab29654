package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Task;

/** An objective that tells tokens, and is measured by how likely they are. */
interface TokenObjective extends Objective {

    /** Which state tells which token. */
    TokenScoring scoring();

    @Override
    default Task task() {
        return Task.LANGUAGE_MODELING;
    }

    @Override
    default double count(Network network, Batch batch) {
        return scoring().labelled(network, batch).length;
    }

    @Override
    default NDArray rows(Architecture architecture, Network network, Batch batch) {
        return scoring().rows(architecture, network, batch);
    }

    @Override
    default Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        return scoring().loss(architecture, network, rows, batch);
    }

    @Override
    default double learn(Architecture architecture, Network network, NDArray rows, Batch batch, double scale) {
        return scoring().learn(architecture, network, rows, batch, scale);
    }

    @Override
    default Tally tally() {
        return Tally.ofPerplexity();
    }
}
