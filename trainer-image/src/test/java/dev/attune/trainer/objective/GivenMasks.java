package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;

/** Masked tokens as a batch gives them, where the reference has drawn them. */
public record GivenMasks() implements Objective {

    @Override
    public String name() {
        return "masked tokens that are given";
    }

    @Override
    public Task task() {
        return Task.LANGUAGE_MODELING;
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        throw new UnsupportedOperationException("the reference gives batches");
    }

    @Override
    public double count(Network network, Batch batch) {
        return MaskedTokens.count(batch);
    }

    @Override
    public NDArray rows(Architecture architecture, Network network, Batch batch) {
        return MaskedTokens.rows(architecture, network, batch);
    }

    @Override
    public Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        return MaskedTokens.loss(architecture, network, rows, batch);
    }

    @Override
    public Tally tally() {
        return Tally.ofPerplexity();
    }

    @Override
    public boolean writes() {
        return false;
    }
}
