package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Recomputation;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model in memory.
 *
 * @param source the URI that it was loaded from
 * @param folder where its configuration and tokenizer lie
 * @param config its {@code config.json}
 * @param task what it is asked for
 * @param architecture its mathematics
 * @param weights by name, in the architecture's order; fp32, but where {@link Quantization} keeps codes
 */
public record Model(
        String source, Path folder, Config config, Task task, Architecture architecture, Map<String, NDArray> weights) {

    /** How many numbers its weights are. */
    public long size() {
        return architecture.parameters().stream()
                .mapToLong(p -> p.shape().size())
                .sum();
    }

    /** The model as it is; where weights are kept as codes, its layers are computed again for their gradients. */
    public Network network() {
        var network = new WeightsNetwork(weights);
        return weights.keySet().stream().anyMatch(Quantization::isScales)
                ? new Recomputing(network, new Recomputation())
                : network;
    }

    /** A weight in fp32, restored if it is kept as codes. */
    public NDArray weight(String name) {
        return Quantization.weight(weights, name);
    }

    /** All weights in fp32; those kept as codes are restored into new arrays. */
    public Map<String, NDArray> plainWeights() {
        var plain = new LinkedHashMap<String, NDArray>();
        weights.keySet().stream()
                .filter(name -> !Quantization.isScales(name))
                .forEach(name -> plain.put(name, weight(name)));
        return plain;
    }

    /**
     * The same model with the weights of its linear layers kept as codes, but for the task's head; this one is of no use any
     * more.
     */
    public Model quantized(Quantization kind) {
        var kept = new LinkedHashMap<>(weights);
        architecture.parameters().forEach(parameter -> kind.replace(kept, architecture, parameter));
        return new Model(source, folder, config, task, architecture, kept);
    }
}
