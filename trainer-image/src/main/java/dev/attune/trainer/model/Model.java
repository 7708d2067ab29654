package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model in memory.
 *
 * @param source the URI that it was loaded from
 * @param folder where its configuration and tokenizer lie
 * @param config its {@code config.json}
 * @param task what it is asked for
 * @param architecture its mathematics
 * @param weights fp32, by name, in the architecture's order
 */
public record Model(
        String source, Path folder, Config config, Task task, Architecture architecture, Map<String, NDArray> weights) {

    /** How many numbers its weights are. */
    public long size() {
        return weights.values().stream().mapToLong(NDArray::size).sum();
    }
}
