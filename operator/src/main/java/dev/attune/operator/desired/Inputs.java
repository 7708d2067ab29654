package dev.attune.operator.desired;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a trainer reads and writes, with every {@code job://} resolved.
 *
 * @param models the URI that spec.model.from stands for, and where an adapter is there what it adapts, and so on
 * @param adapter the URI that spec.method.lora.initialFrom stands for
 * @param claims the claims to mount, by name; true: the trainer writes there
 * @param configMaps the ConfigMaps to mount, by name
 */
public record Inputs(
        List<String> models,
        Optional<String> adapter,
        SortedMap<String, Boolean> claims,
        SortedSet<String> configMaps) {

    public Inputs {
        models = List.copyOf(models);
        claims = Collections.unmodifiableSortedMap(new TreeMap<>(claims));
        configMaps = Collections.unmodifiableSortedSet(new TreeSet<>(configMaps));
    }

    /** The model to start from. */
    String model() {
        return models.get(0);
    }
}
