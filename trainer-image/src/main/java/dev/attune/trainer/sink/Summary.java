package dev.attune.trainer.sink;

import dev.attune.api.FineTuneJobStatus.Result;
import java.util.Locale;

/** The end of a run on the screen: what training changed, and where the model lies. */
record Summary(Screen screen) {

    private static final int LABEL = 12;
    private static final int LINES_OF_TEXT = 8;

    void print(BeforeAndAfter changes, Result result) {
        if (!changes.metrics().isEmpty()) {
            screen.line("");
            row("", screen.dim("%10s%12s".formatted("before", "after")));
            changes.metrics().forEach(this::change);
        }
        for (var sample : changes.samples()) {
            screen.line("");
            text("prompt", sample.prompt());
            text("before", sample.before());
            text("after", sample.after());
        }
        screen.line("");
        row("result", screen.bold(result.uri()));
        row("", screen.dim("%s, %s".formatted(result.form().name().toLowerCase(Locale.ROOT), result.digest())));
    }

    private void change(Change change) {
        var before = change.before() == null ? "" : Figures.aligned(change.before());
        var difference = change.before() == null ? "" : Figures.difference(change.difference());
        var coloured = change.better() ? screen.green(difference) : screen.red(difference);
        row(
                change.name(),
                "%10s".formatted(before) + screen.bold("%12s".formatted(Figures.aligned(change.after()))) + "  "
                        + (change.difference() == 0 ? difference : coloured));
    }

    private void text(String label, String text) {
        if (text == null) {
            return;
        }
        var lines = Screen.wrapped(text, Screen.WIDTH - LABEL - 2);
        for (var i = 0; i < Math.min(lines.size(), LINES_OF_TEXT); i++) {
            var more = i == LINES_OF_TEXT - 1 && lines.size() > LINES_OF_TEXT ? " …" : "";
            row(i == 0 ? label : "", lines.get(i) + more);
        }
    }

    private void row(String label, String text) {
        screen.line("  " + screen.dim(label) + " ".repeat(Math.max(1, LABEL - label.length())) + text);
    }
}
