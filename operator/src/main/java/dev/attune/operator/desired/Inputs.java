package dev.attune.operator.desired;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a trainer reads and writes, with every {@code job://} resolved.
 *
 * @param model the URI that spec.model.from stands for
 * @param claims the claims to mount, by name; true: the trainer writes there
 * @param configMaps the ConfigMaps to mount, by name
 */
public record Inputs(String model, SortedMap<String, Boolean> claims, SortedSet<String> configMaps) {

    public Inputs {
        claims = Collections.unmodifiableSortedMap(new TreeMap<>(claims));
        configMaps = Collections.unmodifiableSortedSet(new TreeSet<>(configMaps));
    }
}
