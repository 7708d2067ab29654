package dev.attune.trainer.sink.tensorboard;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Started;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Sink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Writes {@code train/loss}, {@code train/learning_rate}, {@code train/grad_norm}, {@code perf/tokens_per_second} and
 * {@code eval/<metric>} to an event file. A resumed run goes on in a file of its own, which makes readers forget the
 * steps that were done after the checkpoint and are now done again.
 */
public final class TensorBoardSink implements Sink {

    private final Path folder;
    private final Clock clock;
    private EventFile file;
    private int lastStep;
    private long lastTokens;

    /** @param folder one for each run, made when training starts */
    public TensorBoardSink(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    @Override
    public void accept(Event event) {
        if (event instanceof Started started) {
            start(started);
        } else if (event instanceof Stepped step) {
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("train/loss", step.loss());
            values.put("train/learning_rate", step.learningRate());
            values.put("train/grad_norm", step.gradientNorm());
            values.put("perf/tokens_per_second", tokensPerSecond(step));
            file.scalars(step.step(), values, clock.instant());
            lastStep = step.step();
            lastTokens = step.tokens();
        } else if (event instanceof Evaluated evaluated) {
            Map<String, Double> values = new LinkedHashMap<>();
            evaluated.metrics().forEach((name, value) -> values.put("eval/" + name, value));
            file.scalars(evaluated.step(), values, clock.instant());
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }

    private void start(Started started) {
        var resumedFrom = Objects.requireNonNullElse(started.trainer().resumedFrom(), 0);
        var earlierFiles = hasEventFiles();
        file = EventFile.create(folder, clock.instant());
        if (earlierFiles) {
            // The first step of a fresh start is measured at 0.
            file.startAt(resumedFrom == 0 ? 0 : resumedFrom + 1, clock.instant());
            lastStep = resumedFrom;
            lastTokens = tokensOf(started);
        } else {
            started.history().forEach(this::accept);
        }
    }

    /** Earlier attempts may not tell of every step. */
    private double tokensPerSecond(Stepped step) {
        return (step.tokens() - lastTokens) / (step.seconds() * (step.step() - lastStep));
    }

    private static long tokensOf(Started started) {
        return started.history().stream()
                .mapToLong(event -> event instanceof Stepped step ? step.tokens() : 0)
                .max()
                .orElse(0);
    }

    private boolean hasEventFiles() {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (var files = Files.list(folder)) {
            return files.anyMatch(path -> path.getFileName().toString().startsWith(EventFile.PREFIX));
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of TensorBoard's events can't be read: " + folder, e);
        }
    }
}
