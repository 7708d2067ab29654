package dev.attune.trainer.event;

import dev.attune.api.FineTuneJobStatus.Checkpoint;
import dev.attune.api.FineTuneJobStatus.Estimate;
import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.api.FineTuneJobStatus.TrainerInfo;
import dev.attune.protocol.Report.Failure;
import java.util.List;
import java.util.Map;

/** One thing that happened in a run, in the order in which it happened. */
public sealed interface Event {

    /** Work before the first step began; {@code what} is for people, as in "loading pvc://models/smollm2". */
    record Preparing(String what) implements Event {}

    /**
     * The data was read, checked and turned into tokens.
     *
     * @param examples training examples, as they are counted for a batch
     * @param evaluationExamples held-out examples
     * @param tokens tokens of one pass over the training data, padding left out
     */
    record DataRead(long examples, long evaluationExamples, long tokens) implements Event {}

    /** What the run will take was estimated; where it is more than there is, this may be the last that is heard of it. */
    record Estimated(Estimate estimate) implements Event {}

    /**
     * The model is loaded and training is about to begin, or to go on.
     *
     * @param job name of the FineTuneJob
     * @param trainer what trains; {@code resumedFrom} is the step that training goes on from, 0 for a fresh start
     * @param modelClass the class of transformers that the model is, as in LlamaForCausalLM
     * @param totalSteps optimiser steps in all
     * @param totalEpochs passes over the training data that they make
     * @param history what earlier attempts stepped and measured up to {@code resumedFrom}, oldest first
     */
    record Started(
            String job, TrainerInfo trainer, String modelClass, int totalSteps, double totalEpochs, List<Event> history)
            implements Event {}

    /**
     * An optimiser step was done.
     *
     * @param step its number, from 1
     * @param epoch passes over the training data so far
     * @param tokens tokens seen so far in all attempts, padding left out
     * @param loss mean loss before the update: of tokens and classes the cross entropy, in nats
     * @param learningRate that of this update
     * @param gradientNorm total L2 norm before clipping
     * @param seconds how long the step took
     */
    record Stepped(
            int step, double epoch, long tokens, double loss, double learningRate, double gradientNorm, double seconds)
            implements Event {}

    /** Evaluation on the held-out data began. */
    record Evaluating(int step) implements Event {}

    /**
     * The model was measured on the evaluation data.
     *
     * @param step optimiser steps done; 0 is the model before training
     * @param metrics value by name, as in loss, perplexity
     */
    record Evaluated(int step, Map<String, Double> metrics) implements Event {}

    /** The model went on from a prompt; {@code step} 0 is the model before training. */
    record Generated(int step, String prompt, String text) implements Event {}

    /** A checkpoint was written and sealed; {@code kept} are those on disk now, oldest first. */
    record Saved(int step, List<Checkpoint> kept) implements Event {}

    /** Something is odd and was dealt with, as a broken checkpoint that was passed over. */
    record Warned(String message) implements Event {}

    /** The adapted model is being written. */
    record Writing(String uri) implements Event {}

    /**
     * What was learnt was folded into the model.
     *
     * @param difference the largest between an output before and after, on a sample
     */
    record Merged(double difference) implements Event {}

    /** The adapted model is written; nothing follows. */
    record Succeeded(Result result) implements Event {}

    /** An earlier run of the same recipe wrote the result, which is whole; nothing was done, and nothing follows. */
    record AlreadyDone(Result result) implements Event {}

    /** The run was told to stop and saved step {@code step}; nothing follows. */
    record Interrupted(int step) implements Event {}

    /** The run gave up; nothing follows. */
    record Failed(Failure failure) implements Event {}
}
