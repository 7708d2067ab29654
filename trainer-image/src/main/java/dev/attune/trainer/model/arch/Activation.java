package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.tensor.Ops;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Activation functions by the names that configurations use. */
final class Activation {

    private static final Map<String, UnaryOperator<NDArray>> KNOWN = Map.of(
            "gelu", Ops::gelu,
            "gelu_fast", Ops::geluTanh,
            "gelu_new", Ops::geluTanh,
            "gelu_pytorch_tanh", Ops::geluTanh,
            "relu", Ops::relu,
            "silu", Ops::silu,
            "swish", Ops::silu);

    private Activation() {}

    static UnaryOperator<NDArray> of(Config config, String field, String otherwise) {
        Set<String> names = new TreeSet<>(KNOWN.keySet());
        config.require(field, names, otherwise);
        return KNOWN.get(config.text(field, otherwise));
    }
}
