package dev.attune.trainer.objective;

import dev.attune.api.Objective.LossOn;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;

/** Supervised fine-tuning on prompts and completions, or on chats. */
record Instruction(LossOn lossOn) implements Objective {

    @Override
    public String name() {
        return "instruction";
    }

    @Override
    public long count(Batch batch) {
        return batch.labelTokens();
    }

    @Override
    public Loss loss(Architecture architecture, Network network, Batch batch) {
        return NextToken.loss(architecture, network, batch);
    }
}
