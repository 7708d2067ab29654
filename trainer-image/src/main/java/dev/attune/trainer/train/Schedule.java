package dev.attune.trainer.train;

import dev.attune.api.Training;

/**
 * Learning rate by step, as transformers' schedules give it.
 *
 * @param peak highest learning rate
 * @param warmup steps in which it rises from 0
 * @param steps optimiser steps in all
 * @param shape its course after the warm-up
 */
public record Schedule(double peak, int warmup, int steps, Training.Schedule shape) {

    /** The learning rate of a step, counted from 0. */
    public double rate(int step) {
        if (step < warmup) {
            return peak * step / warmup;
        }
        var left = (double) (steps - step) / Math.max(1, steps - warmup);
        return switch (shape) {
            case CONSTANT -> peak;
            case LINEAR -> peak * left;
            case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * (1 - left)));
        };
    }
}
