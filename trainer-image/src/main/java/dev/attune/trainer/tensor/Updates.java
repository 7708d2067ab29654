package dev.attune.trainer.tensor;

import static dev.attune.trainer.tensor.Script.of;
import static dev.attune.trainer.tensor.Script.run;
import static dev.attune.trainer.tensor.Script.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/** What changes arrays where they lie: gradients, and weights by them. */
public final class Updates {

    private Updates() {}

    /** Overwrites target with source, in place. */
    public static void copyInto(NDArray target, NDArray source) {
        run("copy_into", of(target), of(source));
    }

    /**
     * Scales gradients in place so that their total L2 norm is at most {@code limit}, as
     * {@code torch.nn.utils.clip_grad_norm_} does.
     *
     * @return the norm before
     */
    public static NDArray clipNorm(List<NDArray> gradients, double limit) {
        return tensor(gradients.get(0), "clip_norm", of(gradients), IValue.from(limit));
    }

    /** Total L2 norm. */
    public static NDArray norm(List<NDArray> gradients) {
        return tensor(gradients.get(0), "norm", of(gradients));
    }

    /** Sets all to 0, in place. */
    public static void zero(List<NDArray> arrays) {
        run("zero", of(arrays));
    }

    /** One step of AdamW with decoupled decay, in place; steps are counters {@code []} that it raises. */
    public static void adamw(
            List<NDArray> weights,
            List<NDArray> gradients,
            List<NDArray> first,
            List<NDArray> second,
            List<NDArray> steps,
            double learningRate,
            double beta1,
            double beta2,
            double decay,
            double epsilon) {
        run(
                "adamw",
                of(weights),
                of(gradients),
                of(first),
                of(second),
                of(steps),
                IValue.from(learningRate),
                IValue.from(beta1),
                IValue.from(beta2),
                IValue.from(decay),
                IValue.from(epsilon));
    }
}
