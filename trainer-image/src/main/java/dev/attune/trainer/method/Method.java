package dev.attune.trainer.method;

import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Quantization;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A way to adapt a model. */
public interface Method {

    /** Its name in a manifest, as in lora. */
    String name();

    /** Learning rate when the manifest gives none. */
    double learningRate();

    /** Whether the model must have weights to start from. */
    default boolean needsWeights() {
        return true;
    }

    /** Whether what it learns can be kept apart from the model. */
    default boolean hasAdapter() {
        return true;
    }

    /** How many places of what the model can read it takes for itself. */
    default int places() {
        return 0;
    }

    /** Why what it learns can't be folded into such a model's own weights; empty: it can. */
    default Optional<String> unmergeable(Architecture architecture) {
        return Optional.empty();
    }

    /** Folders that it reads, beside the model's. */
    default List<Path> folders() {
        return List.of();
    }

    /** How the weights that it freezes are kept; empty: as they are. */
    default Optional<Quantization> quantization() {
        return Optional.empty();
    }

    /** What {@link #adapt} would come to, without a weight; refuses what it refuses. */
    Footprint footprint(Architecture architecture);

    /** Puts the parameters that it trains beside or into the model; new ones are drawn from the seed. */
    Adapted adapt(Model model, long seed);

    /** How the weights that are trained are moved. */
    enum Optimisation {
        /** By AdamW, along the gradient of some examples at a step. */
        ADAMW,
        /** By L-BFGS, from all examples at every step. */
        LBFGS
    }

    /** How it moves weights. */
    default Optimisation optimisation() {
        return Optimisation.ADAMW;
    }

    /** Passes over the data when the manifest gives neither passes nor steps. */
    default double epochs() {
        return 3;
    }
}
