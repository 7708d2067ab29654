package dev.attune.trainer.sink.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.sink.ManualClock;
import dev.attune.trainer.sink.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardSinkTest {

    private static final List<Long> ALL_STEPS =
            LongStream.rangeClosed(1, Runs.STEPS).boxed().toList();

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();

    @Test
    void aRunIsReadBack() throws IOException {
        write(Runs.succeeded());
        var scalars = EventFiles.scalars(folder);
        assertThat(scalars)
                .containsOnlyKeys(
                        "train/loss",
                        "train/learning_rate",
                        "train/grad_norm",
                        "perf/tokens_per_second",
                        "eval/loss",
                        "eval/perplexity");
        assertThat(scalars.get("train/loss").keySet()).containsExactlyElementsOf(ALL_STEPS);
        assertThat(scalars.get("train/loss").get(240L))
                .isEqualTo((float) Runs.step(240).loss());
        assertThat(scalars.get("train/learning_rate").get(240L))
                .isEqualTo((float) Runs.step(240).learningRate());
        assertThat(scalars.get("train/grad_norm").get(240L))
                .isEqualTo((float) Runs.step(240).gradientNorm());
        assertThat(scalars.get("perf/tokens_per_second").values())
                .allSatisfy(rate -> assertThat(rate).isCloseTo(5_000, within(0.1)));
        assertThat(scalars.get("eval/loss").keySet()).containsExactly(0L, 200L, 400L, 600L);
    }

    @Test
    void aResumedRunGoesOnInANewFileWithoutAStepTwice() throws IOException {
        var first = Runs.succeeded();
        write(first.subList(0, first.indexOf(Runs.step(450))));
        write(Runs.resumed());
        assertThat(EventFiles.files(folder)).hasSize(2);
        var scalars = EventFiles.scalars(folder);
        assertThat(scalars.get("train/loss").keySet()).containsExactlyElementsOf(ALL_STEPS);
        assertThat(scalars.get("perf/tokens_per_second").get(401L)).isCloseTo(5_000, within(0.1));
        assertThat(scalars.get("eval/loss").keySet()).containsExactly(0L, 200L, 400L, 600L);
    }

    @Test
    void aRunThatStartsAllOverReplacesWhatWasThere() throws IOException {
        write(Runs.failed("NaN"));
        write(Runs.succeeded());
        assertThat(EventFiles.scalars(folder).get("train/loss").keySet()).containsExactlyElementsOf(ALL_STEPS);
    }

    @Test
    void aResumedRunInAFreshFolderTellsWhatWasBefore() throws IOException {
        write(Runs.resumed());
        assertThat(EventFiles.scalars(folder).get("train/loss").keySet()).containsExactlyElementsOf(ALL_STEPS);
        assertThat(EventFiles.scalars(folder).get("eval/loss").keySet()).containsExactly(0L, 200L, 400L, 600L);
    }

    @Test
    void speedIsRightWhereEarlierStepsAreUntold() throws IOException {
        write(Runs.resumedWithGaps());
        assertThat(EventFiles.scalars(folder).get("perf/tokens_per_second").values())
                .hasSize(40 + 200)
                .allSatisfy(rate -> assertThat(rate).isCloseTo(5_000, within(0.1)));
    }

    @Test
    void aWriterThatIsKilledLeavesWholeFrames() throws IOException {
        var sink = new TensorBoardSink(folder, clock);
        Runs.succeeded().subList(0, 100).forEach(sink::accept);
        assertThat(EventFiles.scalars(folder).get("train/loss")).isNotEmpty();
        sink.close();
    }

    /** Leaves a resumed run for {@code src/test/tensorboard/check.py}, which reads it with TensorBoard's own reader. */
    @Test
    void theFolderThatTensorBoardReadsHoldsAResumedRun() throws IOException {
        folder = Path.of("target", "tensorboard");
        if (Files.isDirectory(folder)) {
            for (var file : EventFiles.files(folder)) {
                Files.delete(file);
            }
        }
        var first = Runs.succeeded();
        write(first.subList(0, first.indexOf(Runs.step(450))));
        write(Runs.resumed());
        assertThat(EventFiles.files(folder)).hasSize(2);
    }

    private void write(List<Event> events) {
        clock.forward(Duration.ofMinutes(5));
        try (var sink = new TensorBoardSink(folder, clock)) {
            events.forEach(sink::accept);
        }
    }
}
