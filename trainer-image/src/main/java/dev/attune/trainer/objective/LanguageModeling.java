package dev.attune.trainer.objective;

import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.RunningText;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;

/** Next-token prediction on running text. */
record LanguageModeling() implements TokenObjective {

    static Objective of(dev.attune.api.Objective.LanguageModeling spec) {
        return Boolean.TRUE.equals(spec.masked()) ? new MaskedLanguageModeling(0, 0) : new LanguageModeling();
    }

    @Override
    public String name() {
        return "languageModeling";
    }

    /** An encoder-decoder fills in what is left out. */
    @Override
    public Objective on(Architecture architecture, Tokenizer tokenizer) {
        return switch (architecture.kind()) {
            case DECODER -> this;
            case ENCODER_DECODER -> SpanCorruption.of(tokenizer);
            case ENCODER ->
                throw TrainerFailure.invalidManifest(
                        "spec.objective.languageModeling: the model reads all at once and would see the token that it is to tell: write languageModeling: {masked: true}");
        };
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        return RunningText.examples(files, tokenizer, sequenceLength);
    }

    @Override
    public TokenScoring scoring() {
        return new NextToken();
    }

    @Override
    public boolean writes() {
        return true;
    }
}
