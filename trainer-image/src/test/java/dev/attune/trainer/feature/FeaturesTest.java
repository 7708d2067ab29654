package dev.attune.trainer.feature;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.checkpoint.Manifest;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeaturesTest {

    private static final long ROOM = 1 << 20;

    @TempDir
    Path folder;

    private final List<Integer> computed = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private FeatureStore store;

    @BeforeEach
    void open() {
        store = new FeatureStore(folder.resolve("features"), ROOM, warnings::add);
    }

    private static Example example(int... ids) {
        return Example.of(ids, new int[] {0});
    }

    private static final List<Example> EXAMPLES =
            List.of(example(5, 6, 7), example(1), example(5, 6), example(1), example(9, 9, 9), example(2, 3));

    /** A model whose two features are a text's length and the sum of its ids. */
    private NDArray compute(Network network, Batch batch) {
        computed.add(batch.size());
        var rows = new float[batch.size() * 2];
        for (var at = 0; at < batch.ids().length; at++) {
            var row = at / batch.length();
            rows[2 * row] += batch.attentionMask()[at];
            rows[2 * row + 1] += batch.attentionMask()[at] * batch.ids()[at];
        }
        return Torch.manager().create(rows, new Shape(batch.size(), 2));
    }

    private Rows remembered(List<Example> examples, int tokens, String model) {
        return remembered(examples, tokens, model, () -> false).orElseThrow();
    }

    private Optional<Remembered> remembered(List<Example> examples, int tokens, String model, BooleanSupplier stop) {
        return Features.of(examples.stream(), Features.Unit.TEXT, tokens)
                .remembered(
                        store, model, new Features.Computation(this::compute, 2, null, 0, examplesDone -> {}, stop));
    }

    private static float[] rows(Rows rows, List<Example> examples) {
        return rows.of(null, Batch.of(examples, 0)).toFloatArray();
    }

    @Test
    void everyBatchGetsTheRowsOfItsExamplesAndNothingIsComputedTwice() {
        var rows = remembered(EXAMPLES, 6, "a");
        assertThat(computed.stream().mapToInt(i -> i).sum()).isEqualTo(5);
        for (var round = 0; round < 3; round++) {
            assertThat(rows(rows, EXAMPLES)).containsExactly(3, 18, 1, 1, 2, 11, 1, 1, 3, 27, 2, 5);
            assertThat(rows(rows, List.of(EXAMPLES.get(4), EXAMPLES.get(2)))).containsExactly(3, 27, 2, 11);
        }
        assertThat(computed.stream().mapToInt(i -> i).sum()).isEqualTo(5);
    }

    @Test
    void noBatchHasMoreTokensThanAreComputedAtOnce() {
        var many = IntStream.range(1, 60)
                .mapToObj(
                        i -> example(IntStream.range(0, 1 + i % 20).map(j -> i).toArray()))
                .toList();
        var features = Features.of(many.stream(), Features.Unit.TEXT, 60);
        assertThat(features.size()).isEqualTo(many.size());
        assertThat(features.batches())
                .allSatisfy(batch -> assertThat(
                                batch.size() * batch.get(batch.size() - 1).length())
                        .isBetween(20, 60));
    }

    @Test
    void aLaterRunTakesThemFromDisk() {
        var first = rows(remembered(EXAMPLES, 6, "a"), EXAMPLES);
        computed.clear();
        assertThat(rows(remembered(EXAMPLES, 6, "a"), EXAMPLES)).isEqualTo(first);
        assertThat(computed).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void oneThatWasStoppedGoesOnWhereItWasAndComesToTheSame() {
        var whole = rows(remembered(EXAMPLES, 3, "whole"), EXAMPLES);
        var batches = computed.size();
        computed.clear();
        for (var stopped = 1; stopped < batches; stopped++) {
            assertThat(remembered(EXAMPLES, 3, "a", () -> true)).isEmpty();
            assertThat(computed).hasSize(stopped);
        }
        assertThat(rows(remembered(EXAMPLES, 3, "a"), EXAMPLES)).isEqualTo(whole);
        assertThat(computed).hasSize(batches);
    }

    @Test
    void anotherModelOtherExamplesOrOtherBatchesAreComputedAnew() {
        remembered(EXAMPLES, 6, "a");
        computed.clear();
        remembered(EXAMPLES, 6, "b");
        assertThat(computed).isNotEmpty();
        computed.clear();
        remembered(EXAMPLES.subList(0, 5), 2, "a");
        assertThat(computed).isNotEmpty();
        computed.clear();
        remembered(EXAMPLES, 3, "a");
        assertThat(computed).isNotEmpty();
    }

    @Test
    void brokenOnesAreComputedAnew() throws IOException {
        var first = rows(remembered(EXAMPLES, 6, "a"), EXAMPLES);
        computed.clear();
        var file = place().resolve("features.safetensors");
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThat(rows(remembered(EXAMPLES, 6, "a"), EXAMPLES)).isEqualTo(first);
        assertThat(computed).isNotEmpty();
        computed.clear();
        remembered(EXAMPLES, 6, "a");
        assertThat(computed).isEmpty();
    }

    @Test
    void onesThatAreGoneBeforeTheyCanBeReadAreComputedAnew() throws IOException {
        var first = rows(remembered(EXAMPLES, 6, "a"), EXAMPLES);
        computed.clear();
        var place = place();
        Files.delete(place.resolve("features.safetensors"));
        // A seal that names no file stands for one that was checked before.
        var digest = Manifest.read(place).orElseThrow().recipe();
        Manifest.of(place, digest, 0, null, Map.of()).write(place);
        assertThat(rows(remembered(EXAMPLES, 6, "a"), EXAMPLES)).isEqualTo(first);
        assertThat(computed).isNotEmpty();
        computed.clear();
        remembered(EXAMPLES, 6, "a");
        assertThat(computed).isEmpty();
    }

    @Test
    void whatBecomesOfThemLaterDoesNotReachARunThatHasThem() throws IOException {
        var first = rows(remembered(EXAMPLES, 6, "a"), EXAMPLES);
        var found = remembered(EXAMPLES, 6, "a");
        var file = place().resolve("features.safetensors");
        Files.write(file, new byte[(int) Files.size(file)], StandardOpenOption.WRITE);
        assertThat(rows(found, EXAMPLES)).isEqualTo(first);
    }

    @Test
    void moreThanThereIsRoomForAreToldAndNotKept() {
        store = new FeatureStore(folder.resolve("features"), 39, warnings::add);
        assertThat(rows(remembered(EXAMPLES, 6, "a"), EXAMPLES)).startsWith(3, 18);
        assertThat(warnings)
                .containsExactly(
                        "features of 40 bytes aren't kept, so that the next run computes them again: 39 are kept"
                                + " at most");
        assertThat(store.folder()).doesNotExist();
    }

    @Test
    void thoseThatWereNotUsedForLongestMakeRoom() throws IOException {
        remembered(EXAMPLES, 6, "a");
        var size = size();
        store = new FeatureStore(folder.resolve("features"), 2 * size, warnings::add);
        age(10);
        remembered(EXAMPLES, 6, "b");
        age(5);
        remembered(EXAMPLES, 6, "a");
        remembered(EXAMPLES, 6, "c");
        computed.clear();
        remembered(EXAMPLES, 6, "a");
        remembered(EXAMPLES, 6, "c");
        assertThat(computed).isEmpty();
        assertThat(size()).isEqualTo(2 * size);
        remembered(EXAMPLES, 6, "b");
        assertThat(computed).isNotEmpty();
    }

    @Test
    void whatAKilledRunLeftIsSweptLater() throws IOException {
        remembered(EXAMPLES, 6, "a");
        var left = Files.createDirectory(store.folder().resolve(".writing-before"));
        Files.writeString(left.resolve("features.safetensors"), "half of it");
        age(61);
        var young = Files.createDirectory(store.folder().resolve(".writing-now"));
        remembered(EXAMPLES, 6, "b");
        assertThat(left).doesNotExist();
        assertThat(young).exists();
    }

    /** The one folder that lies there. */
    private Path place() throws IOException {
        try (var places = Files.list(store.folder())) {
            return places.findFirst().orElseThrow();
        }
    }

    private long size() throws IOException {
        try (var files = Files.walk(store.folder())) {
            return files.filter(file -> file.endsWith("features.safetensors"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** Makes all that lie there older. */
    private void age(int minutes) throws IOException {
        try (var places = Files.list(store.folder())) {
            for (var place : places.toList()) {
                var time = Files.getLastModifiedTime(place).toInstant().minusSeconds(60L * minutes);
                Files.setLastModifiedTime(place, FileTime.from(time));
            }
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsToldAndNothingIsLost() throws IOException {
        Files.writeString(folder.resolve("features"), "a file stands in the way");
        assertThat(rows(remembered(EXAMPLES, 6, "a"), EXAMPLES)).startsWith(3, 18);
        assertThat(warnings).singleElement().asString().contains("features can't be kept");
    }
}
