package dev.attune.trainer.objective;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;

/** A thing to learn. */
public interface Objective {

    /** Its name in a manifest, as in instruction. */
    String name();

    /** Over how many the loss of a batch runs, as tokens that are predicted. */
    long count(Batch batch);

    /** What the network's answer to a batch costs. */
    Loss loss(Architecture architecture, Network network, Batch batch);
}
