package dev.attune.trainer.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.digest.Digests;
import dev.attune.trainer.feature.Remembered.Text;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows that layers in which nothing is trained give for examples: computed in one pass, in batches of examples of like
 * length.
 *
 * @param batches all examples, equal ones once
 */
public record Features(List<List<Example>> batches, Unit unit) {

    /** What has a row. */
    public enum Unit {
        /** A text. */
        TEXT,
        /** Each token of a text. */
        TOKEN;

        private int rows(Example example) {
            return this == TEXT ? 1 : example.length();
        }
    }

    /** Hears about ten times how many examples are done. */
    @FunctionalInterface
    public interface Progress {
        void done(int examples);
    }

    /**
     * What there is to compute.
     *
     * @param unit what has a row
     * @param tokens computed at once, at most, filling included; a longer example is computed alone
     */
    public static Features of(Stream<Example> examples, Unit unit, int tokens) {
        var seen = new HashSet<Text>();
        var distinct = examples.filter(example -> seen.add(Text.of(example)))
                .sorted(Comparator.comparingInt(Example::length))
                .toList();
        var batches = new ArrayList<List<Example>>();
        var begin = 0;
        for (var end = 1; end <= distinct.size(); end++) {
            if (end == distinct.size()
                    || (long) (end + 1 - begin) * distinct.get(end).length() > tokens) {
                batches.add(distinct.subList(begin, end));
                begin = end;
            }
        }
        return new Features(List.copyOf(batches), unit);
    }

    /** How many examples are computed. */
    public int size() {
        return batches.stream().mapToInt(List::size).sum();
    }

    /** How many rows that gives. */
    public int rows() {
        return batches.stream().mapToInt(this::rows).sum();
    }

    private int rows(List<Example> batch) {
        return batch.stream().mapToInt(unit::rows).sum();
    }

    /** A digest of all that a network reads, and of how it is put together, which decides the rounding. */
    private String digest() {
        var batch = batches.stream().map(examples -> Digests.of(bytes(examples)));
        return Digests.of(batch.collect(Collectors.joining(" ")).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(List<Example> batch) {
        var bytes = ByteBuffer.allocate(
                Integer.BYTES * batch.stream().mapToInt(Features::ints).sum());
        var ints = bytes.asIntBuffer();
        for (var example : batch) {
            ints.put(example.length()).put(example.ids());
            if (example.segments() != null) {
                ints.put(example.segments());
            }
        }
        return bytes.array();
    }

    private static int ints(Example example) {
        return 1 + example.length() * (example.segments() == null ? 1 : 2);
    }

    /**
     * How the rows are computed that no store has.
     *
     * @param rows of a batch
     * @param width of a row
     * @param pad the token that fills a batch
     * @param stop asked behind each batch: whether to end
     */
    public record Computation(
            Rows rows, long width, Network network, int pad, Progress progress, BooleanSupplier stop) {}

    /**
     * The rows, taken from the store as far as it has them, else computed and given to it.
     *
     * @param model what else decides them: a digest of the model and of how it is computed
     * @return empty: the computation was told to stop, and goes on from there the next time
     */
    public Optional<Remembered> remembered(FeatureStore store, String model, Computation computation) {
        var digest = Digests.of((model + digest()).getBytes(StandardCharsets.UTF_8));
        var kept = store.find(digest);
        var table = kept.filter(this::whole).orElseGet(() -> {
            var more = computed(kept, computation);
            store.keep(digest, more);
            return more;
        });
        return Optional.of(table).filter(this::whole).map(all -> new Remembered(places(), all));
    }

    private boolean whole(NDArray table) {
        return table.getShape().get(0) == rows();
    }

    private Map<Text, Integer> places() {
        var places = new LinkedHashMap<Text, Integer>();
        var next = 0;
        for (var batch : batches) {
            for (var example : batch) {
                places.put(Text.of(example), next);
                next += unit.rows(example);
            }
        }
        return places;
    }

    /** What there is, and the rows of the batches behind it, each put where it belongs: pieces and a whole would be twice. */
    private NDArray computed(Optional<NDArray> kept, Computation how) {
        try (var scope = Scope.withoutGradients()) {
            var table = Torch.manager().zeros(new Shape(rows(), how.width()));
            var had = kept.map(rows -> rows.getShape().get(0)).orElse(0L);
            kept.ifPresent(some -> {
                put(some, table, had);
                some.close();
            });
            var done = 0;
            var rows = 0L;
            for (var batch : batches) {
                var before = done;
                done += batch.size();
                rows += rows(batch);
                if (rows <= had) {
                    continue;
                }
                try (var way = Scope.withoutGradients()) {
                    put(how.rows().of(how.network(), Batch.of(batch, how.pad())), table, rows);
                }
                if (10L * done / size() > 10L * before / size()) {
                    how.progress().done(done);
                }
                if (how.stop().getAsBoolean()) {
                    break;
                }
            }
            return scope.keep(rows == rows() ? table : Ops.slice(table, 0, rows));
        }
    }

    private static void put(NDArray rows, NDArray table, long end) {
        Updates.copyInto(Ops.slice(table, end - rows.getShape().get(0), end), rows);
    }
}
