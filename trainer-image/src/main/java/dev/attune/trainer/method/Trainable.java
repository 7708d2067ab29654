package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A weight that training changes: its name in the file it is saved to, and whether weight decay is for it. */
public record Trainable(String name, NDArray array, boolean decays) {

    /** The arrays by name, in order. */
    static Map<String, NDArray> byName(List<Trainable> trainables) {
        var arrays = new LinkedHashMap<String, NDArray>();
        trainables.forEach(trainable -> arrays.put(trainable.name(), trainable.array()));
        return arrays;
    }
}
