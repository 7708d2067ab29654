package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Recomputation;
import dev.attune.trainer.tensor.Scope;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A model in memory.
 *
 * @param source the URI that it was loaded from
 * @param folder where its configuration and tokenizer lie
 * @param config its {@code config.json}
 * @param task what it is asked for
 * @param architecture its mathematics
 * @param weights by name, in the architecture's order; fp32, but where {@link Quantization} keeps codes, or {@link #freeze}
 *     was called
 * @param precision what its network computes in
 */
public record Model(
        String source,
        Path folder,
        Config config,
        Task task,
        Architecture architecture,
        Map<String, NDArray> weights,
        Precision precision) {

    /** A model that computes in fp32. */
    public Model(
            String source,
            Path folder,
            Config config,
            Task task,
            Architecture architecture,
            Map<String, NDArray> weights) {
        this(source, folder, config, task, architecture, weights, Precision.FP32);
    }

    /** The same model computing in a precision; weights are shared. */
    public Model in(Precision other) {
        return new Model(source, folder, config, task, architecture, weights, other);
    }

    /**
     * Keeps every matrix as the precision multiplies it, but for those that are trained; this model and those that share its
     * weights have no others then.
     *
     * @param trained the arrays that gradients are kept for
     */
    public void freeze(Collection<NDArray> trained) {
        architecture.parameters().stream()
                .filter(Parameter::isMatrix)
                .map(Parameter::name)
                .filter(name -> !weights.containsKey(Quantization.scales(name)))
                .filter(name -> trained.stream().noneMatch(array -> array == weights.get(name)))
                .forEach(name -> precision.replace(weights, name));
    }

    /** How many numbers its weights are. */
    public long size() {
        return architecture.parameters().stream()
                .mapToLong(p -> p.shape().size())
                .sum();
    }

    /** The model as it is; where weights are kept as codes, its layers are computed again for their gradients. */
    public Network network() {
        var network = new WeightsNetwork(weights, precision);
        return weights.keySet().stream().anyMatch(Quantization::isScales)
                ? new Recomputing(network, new Recomputation())
                : network;
    }

    /** A weight, restored to fp32 if it is kept as codes. */
    public NDArray weight(String name) {
        return Quantization.weight(weights, name);
    }

    /**
     * All weights, those that are named as they become, and those kept as codes restored to fp32. What is new outlives the
     * innermost scope.
     *
     * @param changes of weights and biases by their names; those that the model lacks are passed over
     */
    public Map<String, NDArray> with(Map<String, UnaryOperator<NDArray>> changes) {
        var all = new LinkedHashMap<String, NDArray>();
        try (var scope = Scope.withoutGradients()) {
            weights.keySet().stream()
                    .filter(name -> !Quantization.isScales(name))
                    .forEach(name -> all.put(
                            name,
                            scope.keep(Scope.result(() -> changes.getOrDefault(name, UnaryOperator.identity())
                                    .apply(weight(name))))));
        }
        return all;
    }

    /**
     * The same model with the weights of its linear layers kept as codes, but for the task's head; this one is of no use any
     * more.
     */
    public Model quantized(Quantization kind) {
        var kept = new LinkedHashMap<>(weights);
        architecture.parameters().forEach(parameter -> kind.replace(kept, architecture, parameter));
        return new Model(source, folder, config, task, architecture, kept, precision);
    }
}
