package dev.attune.trainer.objective;

import dev.attune.api.Objective.LossOn;
import dev.attune.trainer.data.Answers;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.Sample;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Supervised fine-tuning on prompts and completions, or on chats.
 *
 * @param read what each record is taken for
 */
record Instruction(LossOn lossOn, UnaryOperator<Sample> read) implements TokenObjective {

    @Override
    public String name() {
        return "instruction";
    }

    @Override
    public Objective on(Architecture architecture, Tokenizer tokenizer) {
        return switch (architecture.kind()) {
            case DECODER -> this;
            case ENCODER_DECODER ->
                throw TrainerFailure.invalidManifest(
                        "spec.objective.instruction: an encoder-decoder reads what it is asked and its answer apart:"
                                + " set objective: {sequenceToSequence: {}}");
            case ENCODER ->
                throw TrainerFailure.invalidManifest(
                        "spec.objective.instruction: an encoder can't write: set spec.model.from to a decoder, as Llama");
        };
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        return Answers.examples(files, read, lossOn, tokenizer, sequenceLength);
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
