package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Scope;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Remembers the keys and values of earlier tokens, so that a continuation computes its new token alone. */
public record KeyValueCache(Network base, Map<String, NDArray[]> seen) implements NetworkDecorator, AutoCloseable {

    /** An empty cache. */
    public static KeyValueCache of(Network base) {
        return new KeyValueCache(base, new HashMap<>());
    }

    /** What is seen whole, as an encoder's text, doesn't grow. */
    @Override
    public NDArray attention(String name, NDArray q, NDArray k, NDArray v, Mask mask) {
        if (!mask.causal()) {
            return base.attention(name, q, k, v, mask);
        }
        var before = seen.get(name);
        if (before == null) {
            remember(name, k, v);
            return base.attention(name, q, k, v, mask);
        }
        var keys = before[0].concat(k, 2);
        var values = before[1].concat(v, 2);
        remember(name, keys, values);
        free(before);
        return base.attention(name, q, keys, values, mask);
    }

    private void remember(String name, NDArray keys, NDArray values) {
        Scope.release(keys, values);
        seen.put(name, new NDArray[] {keys, values});
    }

    private static void free(NDArray[] arrays) {
        Stream.of(arrays).forEach(NDArray::close);
    }

    @Override
    public void close() {
        seen.values().forEach(KeyValueCache::free);
        seen.clear();
    }
}
