package dev.attune.trainer.train;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** Moves weights by their gradients, which {@link Stepper} has summed up. */
public interface Optimiser {

    /** The gradients that it moves weights by. */
    Gradients gradients();

    /**
     * Total L2 norm of all gradients, which are scaled down where it exceeds the limit, if the optimiser has them clipped.
     *
     * @param limit 0 leaves them
     * @return the norm before
     */
    default double clip(double limit) {
        return gradients().clip(limit);
    }

    /**
     * Moves all weights.
     *
     * @param loss the step's mean loss with the weights as they are
     * @param learningRate what the schedule gives
     * @param again computes mean loss and gradients anew, from the same examples with the weights as they have become
     */
    Update step(double loss, double learningRate, DoubleSupplier again);

    /** All that it remembers between steps, by name, to be saved, or overwritten with what was. */
    Map<String, NDArray> state();

    /**
     * What a step did.
     *
     * @param rate by how much the direction was followed: of most optimisers the learning rate
     * @param converged whether no later step on the same examples would change anything
     */
    record Update(double rate, boolean converged) {}
}
