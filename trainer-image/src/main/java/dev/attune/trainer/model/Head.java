package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.function.BiFunction;

/**
 * What stands on top of a model for a task. It reads one row of the last hidden states at a time.
 *
 * @param modelClass transformers' class of the model with this head, as in {@code LlamaForCausalLM}
 * @param parameters weights that it has beside the model's; a file that lacks them has them drawn
 * @param modules the modules that belong to the task alone, which adapters keep beside their own weights
 * @param last name of the linear layer that gives the outputs
 * @param outputs from hidden states {@code [n, hidden]} to {@code [n, outputs]}
 */
public record Head(
        String modelClass,
        List<Parameter> parameters,
        List<String> modules,
        String last,
        BiFunction<Network, NDArray, NDArray> outputs) {

    /** A head that is one linear layer. */
    public static Head linear(String modelClass, String module, List<Parameter> parameters, List<String> modules) {
        return new Head(modelClass, parameters, modules, module, (network, rows) -> network.linear(module, rows));
    }
}
