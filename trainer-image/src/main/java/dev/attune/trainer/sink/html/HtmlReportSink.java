package dev.attune.trainer.sink.html;

import dev.attune.trainer.card.Recipe;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.sink.History;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;

/** Writes a run as one HTML page, anew after each evaluation and at the end, whatever that is. */
public final class HtmlReportSink implements Sink {

    private final Path file;
    private final Recipe recipe;
    private final Clock clock;
    private final History history = new History();

    /** @param file the page; its folder is made if need be */
    public HtmlReportSink(Path file, Recipe recipe, Clock clock) {
        this.file = file.toAbsolutePath();
        this.recipe = recipe;
        this.clock = clock;
    }

    @Override
    public void accept(Event event) {
        history.add(event);
        if (event instanceof Evaluated || history.end().isPresent()) {
            write(Page.of(history, recipe, clock.instant()));
        }
    }

    /** In one move, so that a reader never sees half a page. */
    private void write(String page) {
        try {
            Files.createDirectories(file.getParent());
            var fresh = Files.writeString(file.resolveSibling("." + file.getFileName() + ".new"), page);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the report can't be written to " + file, e);
        }
    }
}
