package dev.attune.trainer.objective;

import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;

/** Masked tokens as a batch gives them, where the reference has drawn them. */
public record GivenMasks() implements TokenObjective {

    @Override
    public String name() {
        return "masked tokens that are given";
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        throw new UnsupportedOperationException("the reference gives batches");
    }

    @Override
    public TokenScoring scoring() {
        return new MaskedTokens();
    }

    @Override
    public boolean writes() {
        return false;
    }
}
