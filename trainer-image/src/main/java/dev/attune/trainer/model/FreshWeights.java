package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Weights to start from when there are none: norms 1, biases 0, all else N(0, σ²), as transformers draws them. */
public final class FreshWeights {

    private FreshWeights() {}

    /** Draws the weights of an architecture; the same seed gives the same ones on every machine. */
    public static Map<String, NDArray> draw(Architecture architecture, long seed) {
        var random = new Random(seed);
        var weights = new LinkedHashMap<String, NDArray>();
        for (var parameter : architecture.parameters()) {
            weights.put(parameter.name(), draw(parameter, architecture.initializerRange(parameter), random));
        }
        return weights;
    }

    static NDArray draw(Parameter parameter, double deviation, Random random) {
        return switch (parameter.role()) {
            case BIAS -> Torch.manager().zeros(parameter.shape());
            case NORM -> Torch.manager().ones(parameter.shape());
            default -> Draw.normal(parameter.shape(), deviation, random);
        };
    }
}
