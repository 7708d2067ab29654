package dev.attune.trainer.train;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.method.Trainable;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.util.List;

/** The gradients of all that is trained. */
public record Gradients(List<Trainable> trainables) {

    /** They themselves, in the order of the trainables. */
    List<NDArray> all() {
        return trainables.stream().map(t -> t.array().getGradient()).toList();
    }

    /** Lets them go, with their memory: the next pass begins at 0. Nobody else may look at what is trained meanwhile. */
    void drop() {
        trainables.forEach(t -> Torch.dropGradient(t.array()));
    }

    /** Total L2 norm; what exceeds the limit is scaled down to it, unless that is 0. */
    double clip(double limit) {
        var norm = limit > 0 ? Updates.clipNorm(all(), limit) : Updates.norm(all());
        return norm.getFloat();
    }
}
