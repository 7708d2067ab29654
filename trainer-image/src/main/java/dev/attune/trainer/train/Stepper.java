package dev.attune.trainer.train;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.feature.Rows;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.List;
import java.util.Optional;

/** One optimiser step: gradients of all micro-batches, weighted as if they were one batch, then the update. */
public final class Stepper {

    private final Architecture architecture;
    private final Adapted adapted;
    private final Objective objective;
    private final Rows rows;
    private final Optimiser optimiser;
    private final double gradientClip;

    /**
     * Trains {@code adapted} by {@code objective}.
     *
     * @param rows where the hidden states that the head reads come from
     * @param gradientClip gradients above are scaled down; 0 leaves them
     */
    public Stepper(
            Architecture architecture,
            Adapted adapted,
            Objective objective,
            Rows rows,
            Optimiser optimiser,
            double gradientClip) {
        this.architecture = architecture;
        this.adapted = adapted;
        this.objective = objective;
        this.rows = rows;
        this.optimiser = optimiser;
        this.gradientClip = gradientClip;
    }

    /**
     * What a step did.
     *
     * @param loss mean over all that counts, before the update
     * @param gradientNorm before clipping
     * @param update empty where none was made, because the loss or the norm is no number
     */
    public record Outcome(double loss, double gradientNorm, Optional<Optimiser.Update> update) {}

    /**
     * Does one step.
     *
     * @param batches micro-batches of one step; the order decides the rounding
     * @param seeds a seed for each, which dropout follows; what is drawn of the examples follows the first, so that it is the
     *     same whatever the size of a micro-batch
     * @param beforeUpdate what must be done before the first weight changes, and not before the gradients are there
     */
    public Outcome step(List<Batch> batches, long[] seeds, double learningRate, Runnable beforeUpdate) {
        var drawn =
                batches.stream().map(batch -> objective.drawn(batch, seeds[0])).toList();
        var count = drawn.stream()
                .mapToDouble(batch -> objective.count(adapted.training(), batch))
                .sum();
        var loss = gradients(drawn, seeds, count);
        try (var scope = Scope.withoutGradients()) {
            var norm = optimiser.clip(gradientClip);
            beforeUpdate.run();
            var update = Double.isFinite(loss) && Double.isFinite(norm)
                    ? Optional.of(update(drawn, seeds, count, loss, learningRate))
                    : Optional.<Optimiser.Update>empty();
            optimiser.gradients().drop();
            return new Outcome(loss, norm, update);
        }
    }

    /** What it draws is the same whatever the layers drew, and in how many parts. */
    private Optimiser.Update update(List<Batch> batches, long[] seeds, double count, double loss, double learningRate) {
        Torch.seed(~seeds[0]);
        return optimiser.step(loss, learningRate, () -> {
            optimiser.gradients().drop();
            return gradients(batches, seeds, count);
        });
    }

    /** Computes the gradients of micro-batches, and lets them go: it takes what a step takes, and moves nothing. */
    public void rehearse(List<Batch> batches) {
        try {
            var drawn = batches.stream().map(batch -> objective.drawn(batch, 0)).toList();
            gradients(drawn, new long[batches.size()], 1);
        } finally {
            optimiser.gradients().drop();
        }
    }

    /** The mean loss; gradients are added to those that are there. */
    private double gradients(List<Batch> batches, long[] seeds, double count) {
        var sum = 0.0;
        for (var i = 0; i < batches.size(); i++) {
            Torch.seed(seeds[i]);
            sum += backward(batches.get(i), count);
        }
        return sum / count;
    }

    private double backward(Batch batch, double count) {
        try (var scope = Scope.withGradients()) {
            var network = adapted.training();
            return objective.learn(architecture, network, rows.of(network, batch), batch, 1 / count);
        }
    }
}
