package dev.attune.trainer.sink.card;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Succeeded;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.sink.History;
import dev.attune.trainer.sink.WholeFile;
import java.nio.file.Path;

/** Writes the model card of a run that succeeded. */
public final class ModelCardSink implements Sink {

    private final WholeFile file;
    private final Recipe recipe;
    private final History history = new History();

    /** @param file {@code README.md} in the folder of the result */
    public ModelCardSink(Path file, Recipe recipe) {
        this.file = new WholeFile(file);
        this.recipe = recipe;
    }

    @Override
    public void accept(Event event) {
        history.add(event);
        if (event instanceof Succeeded succeeded) {
            var started = history.started().orElseThrow();
            var last = history.lastStep();
            var card = new ModelCard(
                    started.job(),
                    succeeded.result().form(),
                    recipe,
                    started.trainer(),
                    started.modelClass(),
                    last.map(Stepped::step).orElse(0),
                    last.map(Stepped::epoch).orElse(0.0),
                    last.map(Stepped::tokens).orElse(0L),
                    history.changes().metrics(),
                    history.changes().samples());
            file.write(card.text());
        }
    }
}
