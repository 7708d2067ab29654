package dev.attune.trainer.sink;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.EventJson;
import dev.attune.trainer.event.Sink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends each event to a file as a line of JSON, for programs that follow a run: {@code {"event":"Stepped","step":1,…}}
 * with the event's own names. What earlier attempts did is left out, since it is in the file that they wrote.
 */
public final class EventFileSink implements Sink {

    private final Path file;
    private final Writer writer;

    /**
     * Opens the file, and makes its folder where that is missing.
     *
     * @throws UncheckedIOException either can't be done
     */
    public EventFileSink(Path file) {
        this.file = file;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("events can't be written to " + file, e);
        }
    }

    @Override
    public void accept(Event event) {
        var line = EventJson.tree(event);
        line.remove("history");
        line.put("sinceStart", sinceStart());
        try {
            writer.write(line + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("events can't be written to " + file, e);
        }
    }

    /** Seconds since the process began. */
    private static double sinceStart() {
        return ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
