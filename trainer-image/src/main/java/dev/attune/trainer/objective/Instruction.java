package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.api.Objective.LossOn;
import dev.attune.trainer.data.Answers;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.Sample;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Supervised fine-tuning on prompts and completions, or on chats.
 *
 * @param read what each record is taken for
 */
record Instruction(LossOn lossOn, UnaryOperator<Sample> read) implements Objective {

    @Override
    public String name() {
        return "instruction";
    }

    @Override
    public Task task() {
        return Task.LANGUAGE_MODELING;
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
