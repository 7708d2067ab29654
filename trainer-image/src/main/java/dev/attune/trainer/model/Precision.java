package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import java.util.Map;

/**
 * What a network multiplies in. Residuals, norms and losses are fp32 in any case, and so are the weights that are trained,
 * their gradients and all that a file is written from.
 */
public enum Precision {
    /** 32 bits a number. */
    FP32 {
        @Override
        NDArray of(NDArray x) {
            return x;
        }

        @Override
        void replace(Map<String, NDArray> weights, String name) {}
    },
    /** 16 bits a number, with the range of fp32 and 8 bits of its fraction (https://arxiv.org/abs/1905.12322). */
    BF16 {
        @Override
        NDArray of(NDArray x) {
            return Ops.bf16(x);
        }

        @Override
        void replace(Map<String, NDArray> weights, String name) {
            try (var weight = weights.get(name);
                    var scope = Scope.withoutGradients()) {
                weights.put(name, scope.keep(Ops.bf16(weight)));
            }
        }
    };

    /** Numbers as they are multiplied. */
    abstract NDArray of(NDArray x);

    /** Puts a weight as it is multiplied in an fp32 weight's place; the weight is freed. */
    abstract void replace(Map<String, NDArray> weights, String name);
}
