package dev.attune.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.attune.api.FineTuneJobStatus.Checkpoint;
import dev.attune.protocol.ExitCode;
import dev.attune.trainer.checkpoint.CheckpointStore.Found;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {

    /** Linux's device on which every write fails for want of room. */
    private static final Path FULL = Path.of("/dev/full");

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T12:00:00.5Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();
    private CheckpointStore store;

    @BeforeEach
    void open() {
        store = store("sha256:recipe");
    }

    @Test
    void nothingIsFoundWhereNothingWasSaved() {
        assertThat(store.newest(warnings::add)).isEmpty();
        assertThat(store.kept()).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void theNewestByNumberIsFoundAndTheOldestGoFirst() throws IOException {
        for (var step : new int[] {8, 9, 10, 11}) {
            save(step);
        }
        assertThat(store.newest(warnings::add)).contains(new Found(11, place(11)));
        assertThat(store.kept()).extracting(Checkpoint::step).containsExactly(9, 10, 11);
        assertThat(names()).containsExactlyInAnyOrder("step-9", "step-10", "step-11");
        assertThat(store.kept().get(0)).satisfies(kept -> {
            assertThat(kept.uri()).isEqualTo("pvc://work/checkpoints/step-9");
            assertThat(kept.size()).isEqualTo("1Ki");
            assertThat(kept.time()).isEqualTo("2026-01-01T12:00:00Z");
            assertThat(kept.digest()).startsWith("sha256:");
        });
    }

    @Test
    void theSameStepIsReplaced() throws IOException {
        save(4);
        store.save(4, content("another"));
        assertThat(place(4).resolve("state")).hasContent("another");
        assertThat(store.newest(warnings::add)).contains(new Found(4, place(4)));
    }

    @Test
    void anUnsealedFolderIsPassedOver() throws IOException {
        save(1);
        Files.createDirectories(place(2));
        Files.writeString(place(2).resolve("state"), "half");
        assertThat(store.newest(warnings::add)).contains(new Found(1, place(1)));
        assertThat(warnings).singleElement().asString().contains("step-2", "has no manifest");
        assertThat(store.kept()).extracting(Checkpoint::step).containsExactly(1);
    }

    @Test
    void ofManyBrokenOnesEachIsToldAndTheNewestWholeOneIsUsed() throws IOException {
        save(1);
        save(2);
        save(3);
        Files.writeString(place(3).resolve("state"), "STATE OF 3");
        Files.delete(place(2).resolve("state"));
        assertThat(store.newest(warnings::add)).contains(new Found(1, place(1)));
        assertThat(warnings)
                .satisfiesExactly(
                        warning -> assertThat(warning).contains("step-3 is broken", "is not what was written"),
                        warning -> assertThat(warning).contains("step-2 is broken", "is missing"));
    }

    @Test
    void brokenOnesAheadMakeRoomForTheNextSave() throws IOException {
        for (var step : new int[] {1, 7, 8, 9}) {
            save(step);
        }
        save(2);
        assertThat(store.kept()).extracting(Checkpoint::step).containsExactly(2);
        save(3);
        assertThat(store.newest(warnings::add)).contains(new Found(3, place(3)));
        assertThat(names()).containsExactlyInAnyOrder("step-2", "step-3");
    }

    @Test
    void whatAnInterruptedSaveLeftIsNoCheckpointAndInNobodysWay() throws IOException {
        save(1);
        Files.createDirectories(folder.resolve(".writing"));
        Files.writeString(folder.resolve(".writing/old"), "left");
        assertThat(store.newest(warnings::add)).contains(new Found(1, place(1)));
        save(2);
        assertThat(place(2)).isDirectoryNotContaining("glob:**old");
        assertThat(names()).containsExactlyInAnyOrder("step-1", "step-2");
    }

    @Test
    void checkpointsOfAnotherRecipeAreRefused() throws IOException {
        save(1);
        assertThatThrownBy(() -> store("sha256:other").newest(warnings::add))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining(
                        "spec.checkpoints.to: pvc://work/checkpoints holds checkpoints of another recipe");
    }

    @Test
    void onAFullDiskTheLastCheckpointSurvivesAndTheNextSaveSucceeds() throws IOException {
        assumeThat(FULL).exists();
        save(1);
        assertThatThrownBy(() -> store.save(2, to -> {
                    Files.createSymbolicLink(to.resolve("weights.safetensors"), FULL);
                    try (var scope = Scope.withoutGradients()) {
                        var digest = SafetensorsWriter.write(
                                to.resolve("weights.safetensors"),
                                Map.of("a", Torch.manager().create(new float[] {1, 2})));
                        return Map.of("weights.safetensors", digest);
                    }
                }))
                .isInstanceOfSatisfying(
                        TrainerFailure.class,
                        failure -> assertThat(failure.exit()).isEqualTo(ExitCode.UNAVAILABLE))
                .hasMessageContaining("spec.checkpoints.to: step 2 can't be saved to pvc://work/checkpoints")
                .hasMessageContaining("No space left on device; enlarge the volume");

        assertThat(names()).containsExactly("step-1");
        assertThat(store.newest(warnings::add)).contains(new Found(1, place(1)));
        assertThat(warnings).isEmpty();
        save(2);
        assertThat(store.newest(warnings::add)).contains(new Found(2, place(2)));
    }

    private CheckpointStore store(String recipe) {
        return new CheckpointStore(folder, "pvc://work/checkpoints", recipe, 3, CLOCK);
    }

    private void save(int step) {
        store.save(step, content("state of " + step));
    }

    private static CheckpointStore.Content content(String state) {
        return to -> {
            Files.writeString(to.resolve("state"), state);
            return Map.of();
        };
    }

    private Path place(int step) {
        return folder.resolve("step-" + step);
    }

    private List<String> names() throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }
}
