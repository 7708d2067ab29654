package dev.attune.trainer.objective;

import dev.attune.api.Objective.LossOn;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.Pairs;
import dev.attune.trainer.data.Sample;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;

/**
 * Targets for sources, as an encoder-decoder learns them.
 *
 * @param prefix text before each source
 * @param targetLength tokens of a target at most
 */
record SequenceToSequence(String prefix, int targetLength) implements TokenObjective {

    static SequenceToSequence of(dev.attune.api.Objective.SequenceToSequence spec) {
        return new SequenceToSequence(spec.prefix() == null ? "" : spec.prefix(), spec.targetLength());
    }

    @Override
    public String name() {
        return "sequenceToSequence";
    }

    /** A decoder reads source and target as one text. */
    @Override
    public Objective on(Architecture architecture, Tokenizer tokenizer) {
        return switch (architecture.kind()) {
            case ENCODER_DECODER -> this;
            case DECODER -> new Instruction(LossOn.COMPLETION, this::pair);
            case ENCODER ->
                throw TrainerFailure.invalidManifest(
                        "spec.objective.sequenceToSequence: an encoder can't write: set spec.model.from to an"
                                + " encoder-decoder, as T5, or to a decoder, as Llama");
        };
    }

    private Sample pair(Sample sample) {
        if (sample instanceof Sample.Pair pair) {
            return new Sample.Pair(pair.where(), prefix + pair.prompt(), pair.completion());
        }
        throw TrainerFailure.invalidData(
                "%s: is no source with a target: objective sequenceToSequence learns from prompt, the source, and completion, the target; say which column is what, as in columns: {prompt: document, completion: summary}"
                        .formatted(sample.where()));
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        return Pairs.examples(files, this::pair, tokenizer, sequenceLength, targetLength);
    }

    @Override
    public TokenScoring scoring() {
        return new AnswerTokens();
    }

    @Override
    public boolean writes() {
        return true;
    }
}
