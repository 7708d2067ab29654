package dev.attune.trainer.job;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import java.util.Map;

/**
 * A model with what was learnt folded in, which gives the same answers as the model with what was learnt beside it.
 *
 * @param weights all of them
 * @param difference the largest between an output of the one and of the other
 */
record Merge(Map<String, NDArray> weights, double difference) {

    /** What rounding in fp32 comes to: a part of the largest output, as sums are rounded by the size of what is added. */
    private static final double TOLERANCE = 1e-4;

    /** Rows of what the head gives that are compared. */
    static final int ROWS = 64;

    /**
     * Folds in, and compares on a sample.
     *
     * @throws TrainerFailure when an answer differs by more than rounding explains
     */
    static Merge of(Architecture architecture, Adapted adapted, Objective objective, Batch sample) {
        var weights = adapted.merged().get();
        try (var scope = Scope.withoutGradients()) {
            var before = outputs(architecture, adapted.inference(), objective, sample);
            var after = outputs(architecture, new WeightsNetwork(weights), objective, sample);
            var difference = largest(after.sub(before));
            var rounding = TOLERANCE * Math.max(1, largest(before));
            if (!(difference <= rounding)) {
                throw TrainerFailure.invalidModel(
                        ("the merged model is not what was trained: its outputs differ by %s where %s is rounding; nothing"
                                        + " was written. The last checkpoint holds what was learnt: run again with"
                                        + " spec.output.form: adapter and all else as it is, which writes the adapter from"
                                        + " there without training")
                                .formatted(difference, rounding));
            }
            return new Merge(weights, difference);
        }
    }

    private static double largest(NDArray numbers) {
        return numbers.abs().max().toFloatArray()[0];
    }

    private static NDArray outputs(Architecture architecture, Network network, Objective objective, Batch sample) {
        var rows = objective.rows(architecture, network, sample);
        return architecture.outputs(
                network, Ops.slice(rows, 0, Math.min(ROWS, rows.getShape().get(0))));
    }
}
