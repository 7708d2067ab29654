package dev.attune.trainer.sink.html;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.sink.History;
import dev.attune.trainer.sink.WholeFile;
import dev.attune.trainer.sink.card.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** Writes a run as one HTML page, anew after each evaluation and at the end, whatever that is. */
public final class HtmlReportSink implements Sink {

    private final Path file;
    private final Recipe recipe;
    private final Clock clock;
    private final History history = new History();

    /** @param file the page; its folder is made if need be */
    public HtmlReportSink(Path file, Recipe recipe, Clock clock) {
        this.file = file;
        this.recipe = recipe;
        this.clock = clock;
    }

    @Override
    public void accept(Event event) {
        history.add(event);
        var worthIt = event instanceof Evaluated || history.end().isPresent();
        // A run that fails before it starts may do so because the folder holds another run's result and page.
        if (worthIt && (history.started().isPresent() || Files.notExists(file))) {
            new WholeFile(file).write(Page.of(history, recipe, clock.instant()));
        }
    }
}
