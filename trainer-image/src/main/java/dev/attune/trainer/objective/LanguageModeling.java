package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.RunningText;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;

/** Next-token prediction on running text. */
record LanguageModeling() implements Objective {

    static Objective of(dev.attune.api.Objective.LanguageModeling spec) {
        return Boolean.TRUE.equals(spec.masked()) ? new MaskedLanguageModeling(0, 0) : new LanguageModeling();
    }

    @Override
    public String name() {
        return "languageModeling";
    }

    @Override
    public Task task() {
        return Task.LANGUAGE_MODELING;
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
    public double count(Network network, Batch batch) {
        return NextToken.count(network, batch);
    }

    @Override
    public NDArray rows(Architecture architecture, Network network, Batch batch) {
        return NextToken.rows(architecture, network, batch);
    }

    @Override
    public Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        return NextToken.loss(architecture, network, rows, batch);
    }

    @Override
    public Tally tally() {
        return Tally.ofPerplexity();
    }

    @Override
    public boolean writes() {
        return true;
    }
}
