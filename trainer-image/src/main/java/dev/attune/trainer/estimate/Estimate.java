package dev.attune.trainer.estimate;

/**
 * What a job will take.
 *
 * @param parameters numbers of the model
 * @param trainableParameters numbers that are trained
 * @param memory at most at once
 * @param checkpointBytes of the arrays of a checkpoint
 * @param flops of an optimiser's step: additions and multiplications
 */
public record Estimate(long parameters, long trainableParameters, Memory memory, long checkpointBytes, double flops) {

    /**
     * Memory in bytes.
     *
     * @param weights the model
     * @param gradients of what is trained
     * @param optimiser what it remembers
     * @param activations what layers make and keep for their gradients
     * @param logits a chunk of what the head gives, with what its gradient needs
     * @param workspace what a layer computes on the way, and gradients that are on their way
     * @param again the model as it was, to write what it wrote, or what is merged
     * @param remembered what layers in which nothing is trained gave for all texts
     * @param process what libtorch and Java take for themselves
     */
    public record Memory(
            long weights,
            long gradients,
            long optimiser,
            long activations,
            long logits,
            long workspace,
            long again,
            long remembered,
            long process) {

        /** All of it: what was used for the one is kept when the other comes. */
        public long peak() {
            return weights + gradients + optimiser + activations + logits + workspace + again + remembered + process;
        }
    }

    /**
     * Seconds of a step.
     *
     * @param speed of the machine's matrix products at the model's widths, in additions and multiplications a second
     */
    public double seconds(double speed) {
        return flops / speed / Estimator.PRODUCTS;
    }
}
