package dev.attune.trainer.job;

import dev.attune.api.FineTuneJobSpec;
import dev.attune.api.Training;
import dev.attune.trainer.data.Order;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.train.Schedule;

/**
 * A manifest's training in whole numbers.
 *
 * @param batchSize examples an optimiser step
 * @param microBatchSize examples computed at once
 * @param automatic whether that is the trainer's choice
 * @param totalSteps optimiser steps in all
 * @param evaluateEvery steps between evaluations; 0: only before the first step and after the last
 * @param saveEvery steps between checkpoints
 */
public record Plan(
        int batchSize,
        int microBatchSize,
        boolean automatic,
        int totalSteps,
        int evaluateEvery,
        int saveEvery,
        Schedule schedule) {

    private static final int CHECKPOINTS = 10;
    private static final int AT_ONCE = 4096;

    /**
     * The plan of a manifest.
     *
     * @param order which examples each step sees
     * @param method what it leaves out is the method's
     */
    public static Plan of(FineTuneJobSpec spec, Order order, Method method) {
        var training = spec.training();
        var total = totalSteps(training, order, method.epochs());
        var every = spec.evaluation().every();
        var save = spec.checkpoints().every();
        var peak = training.learningRate() == null ? method.learningRate() : training.learningRate();
        return new Plan(
                order.batchSize(),
                microBatchSize(training),
                training.microBatchSize().automatic(),
                total,
                every == null ? 0 : every,
                save == null ? Math.max(1, total / CHECKPOINTS) : save,
                new Schedule(peak, warmup(training.warmup(), total), total, training.schedule()));
    }

    /** What the manifest says; auto: the whole batch, as long as nobody found that there is no memory for it. */
    static int microBatchSize(Training training) {
        var said = training.microBatchSize();
        return said.automatic() ? training.batchSize() : said.count();
    }

    private static int totalSteps(Training training, Order order, double epochs) {
        if (training.steps() != null) {
            return training.steps();
        }
        return Math.max(1, order.steps(training.epochs() == null ? epochs : training.epochs()));
    }

    private static int warmup(double warmup, int total) {
        return warmup < 1 ? (int) Math.ceil(warmup * total) : (int) warmup;
    }

    /** Whether the model is measured after a step. */
    public boolean evaluatesAfter(int step) {
        return step == totalSteps || (evaluateEvery > 0 && step % evaluateEvery == 0);
    }

    /** Whether a checkpoint is written after a step. */
    public boolean savesAfter(int step) {
        return step == totalSteps || step % saveEvery == 0;
    }

    /** The same by other micro-batches. */
    Plan by(int size) {
        return with(size, automatic);
    }

    /** The same with as many examples at once as one that computes the head alone can take. */
    Plan ofHeadAlone() {
        return with(Math.min(batchSize, AT_ONCE), false);
    }

    private Plan with(int size, boolean choice) {
        return new Plan(batchSize, size, choice, totalSteps, evaluateEvery, saveEvery, schedule);
    }
}
