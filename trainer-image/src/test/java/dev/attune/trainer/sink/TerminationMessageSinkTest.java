package dev.attune.trainer.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.api.FineTuneJobStatus.Checkpoint;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.protocol.Report;
import dev.attune.protocol.Report.Failure;
import dev.attune.trainer.event.Event.Failed;
import dev.attune.trainer.event.Event.Saved;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TerminationMessageSinkTest {

    private static final Instant START = Instant.parse("2026-11-01T12:00:00Z");

    @TempDir
    Path folder;

    private Path file;
    private TerminationMessageSink sink;

    @BeforeEach
    void open() {
        file = folder.resolve("termination-log");
        sink = new TerminationMessageSink(file, new Attempt(3, START), new ManualClock());
    }

    @Test
    void theFinalReportIsLeft() throws IOException {
        Runs.succeeded().forEach(sink::accept);
        var report = read();
        assertThat(report.phase()).isEqualTo(Phase.Succeeded);
        assertThat(report.progress().attempt()).isEqualTo(3);
        assertThat(report.result().digest()).isEqualTo("sha256:9f2c");
        assertThat(report.checkpoints()).hasSize(3);
    }

    @Test
    void aTrainerThatIsKilledHasLeftItsLastCheckpoint() throws IOException {
        var events = Runs.succeeded();
        events.subList(0, events.indexOf(Runs.step(500))).forEach(sink::accept);
        assertThat(read().phase()).isEqualTo(Phase.Training);
        assertThat(read().checkpoints()).extracting(Checkpoint::step).containsExactly(200, 400);
    }

    @Test
    void theOldestCheckpointsGoFirst() throws IOException {
        sink.accept(Runs.started(0, List.of()));
        sink.accept(new Saved(
                1000, IntStream.rangeClosed(1, 100).mapToObj(Runs::checkpoint).toList()));
        sink.accept(new Failed(new Failure("Diverged", "the loss is NaN")));
        assertThat(Files.size(file))
                .isBetween(Report.MAX_TERMINATION_BYTES - 200L, (long) Report.MAX_TERMINATION_BYTES);
        var report = read();
        assertThat(report.checkpoints()).last().isEqualTo(Runs.checkpoint(100));
        assertThat(report.failure().message()).isEqualTo("the loss is NaN");
    }

    @ParameterizedTest
    @MethodSource
    void aLongMessageIsCutAndStillParses(String character) throws IOException {
        Runs.failed(character.repeat(5_000)).forEach(sink::accept);
        assertThat(Files.size(file)).isBetween(Report.MAX_TERMINATION_BYTES - 20L, (long) Report.MAX_TERMINATION_BYTES);
        var report = read();
        assertThat(report.failure().reason()).isEqualTo("Diverged");
        assertThat(report.failure().message()).startsWith(character).endsWith(character + "…");
        assertThat(report.metrics()).hasSize(2);
    }

    static Stream<String> aLongMessageIsCutAndStillParses() {
        return Stream.of("a", "é", "\"", "\u0007", "\n", "語", "🙂");
    }

    @Test
    void aFileThatCanNotBeWrittenIsNamed() {
        var nowhere =
                new TerminationMessageSink(folder.resolve("missing/log"), new Attempt(1, START), new ManualClock());
        assertThatThrownBy(() -> Runs.failed("NaN").forEach(nowhere::accept))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing/log");
    }

    private Report read() throws IOException {
        return new ObjectMapper().readValue(file.toFile(), Report.class);
    }
}
