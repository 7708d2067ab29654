package dev.attune.trainer.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.feature.Remembered.Text;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Scope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rows that a model whose body isn't trained gives for examples, one each: computed in one pass, in batches of examples
 * of like length.
 *
 * @param batches all examples, equal ones once
 */
public record Features(List<List<Example>> batches) {

    /** Hears about ten times how many examples are done. */
    @FunctionalInterface
    public interface Progress {
        void done(int examples);
    }

    /**
     * What there is to compute.
     *
     * @param atOnce of the longest examples, how many are computed at once; of shorter ones as many more as take no more
     *     tokens
     */
    public static Features of(Stream<Example> examples, int atOnce) {
        var seen = new HashSet<Text>();
        var distinct = examples.filter(example -> seen.add(Text.of(example)))
                .sorted(Comparator.comparingInt(Example::length))
                .toList();
        var room = (long) atOnce * distinct.get(distinct.size() - 1).length();
        var batches = new ArrayList<List<Example>>();
        var begin = 0;
        for (var end = 1; end <= distinct.size(); end++) {
            if (end == distinct.size()
                    || (long) (end + 1 - begin) * distinct.get(end).length() > room) {
                batches.add(distinct.subList(begin, end));
                begin = end;
            }
        }
        return new Features(List.copyOf(batches));
    }

    /** How many examples are computed. */
    public int size() {
        return batches.stream().mapToInt(List::size).sum();
    }

    /** All that a network reads, and how it is put together, which decides the rounding. */
    byte[] bytes() {
        var bytes = ByteBuffer.allocate(4
                * batches.stream()
                        .mapToInt(batch ->
                                1 + batch.stream().mapToInt(Features::ints).sum())
                        .sum());
        var ints = bytes.asIntBuffer();
        for (var batch : batches) {
            ints.put(batch.size());
            for (var example : batch) {
                ints.put(example.length()).put(example.ids());
                if (example.segments() != null) {
                    ints.put(example.segments());
                }
            }
        }
        return bytes.array();
    }

    private static int ints(Example example) {
        return 1 + example.length() * (example.segments() == null ? 1 : 2);
    }

    /**
     * The rows, taken from the store if it has them, else computed and given to it.
     *
     * @param model what else decides them: a digest of the model and of how it is computed
     */
    public Rows remembered(
            FeatureStore store, String model, Rows computed, Network network, int pad, Progress progress) {
        var table = store.get(this, model, () -> table(computed, network, pad, progress));
        var places = new LinkedHashMap<Text, Integer>();
        batches.forEach(batch -> batch.forEach(example -> places.put(Text.of(example), places.size())));
        return new Remembered(places, table);
    }

    private NDArray table(Rows computed, Network network, int pad, Progress progress) {
        var parts = new NDList();
        var done = 0;
        for (var batch : batches) {
            try (var scope = Scope.withoutGradients()) {
                parts.add(scope.keep(computed.of(network, Batch.of(batch, pad))));
            }
            var before = done;
            done += batch.size();
            if (10L * done / size() > 10L * before / size()) {
                progress.done(done);
            }
        }
        try (parts;
                var scope = Scope.withoutGradients()) {
            return scope.keep(NDArrays.concat(parts));
        }
    }
}
