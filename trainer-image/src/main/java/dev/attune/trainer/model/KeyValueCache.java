package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Ops;
import java.util.HashMap;
import java.util.Map;

/** Remembers the keys and values of earlier tokens, so that a continuation computes its new token alone. */
public record KeyValueCache(Network base, Map<String, NDArray[]> seen) implements NetworkDecorator {

    /** An empty cache. */
    public static KeyValueCache of(Network base) {
        return new KeyValueCache(base, new HashMap<>());
    }

    @Override
    public NDArray attention(String name, NDArray q, NDArray k, NDArray v, Mask mask) {
        var before = seen.get(name);
        if (before == null) {
            seen.put(name, new NDArray[] {k, v});
            return base.attention(name, q, k, v, mask);
        }
        var keys = before[0].concat(k, 2);
        var values = before[1].concat(v, 2);
        seen.put(name, new NDArray[] {keys, values});
        return Ops.attention(q, keys, values, false);
    }
}
