package dev.attune.trainer.objective;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;

/** Next-token prediction on running text. */
record LanguageModeling() implements Objective {

    @Override
    public String name() {
        return "languageModeling";
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
