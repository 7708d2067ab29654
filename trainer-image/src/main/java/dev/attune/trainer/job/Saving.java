package dev.attune.trainer.job;

import dev.attune.trainer.event.Event.Saved;
import dev.attune.trainer.event.Sink;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The checkpoint that is being written, on a thread of its own. The arrays are read where they lie, so whoever is about to
 * change them calls {@link #finish} first; all methods are for the loop's thread.
 */
final class Saving implements AutoCloseable {

    private final Sink sink;
    private Optional<Promise<Saved>> underWay = Optional.empty();

    /**
     * Nothing is being written yet.
     *
     * @param sink hears of a checkpoint as soon as the loop knows that it is there
     */
    Saving(Sink sink) {
        this.sink = sink;
    }

    /** Begins to write one, once the one before is there. */
    void begin(Supplier<Saved> writing) {
        finish();
        underWay = Optional.of(Promise.of("checkpoint", writing));
    }

    /** Waits until what was begun is there; what went wrong with it is thrown here, once. */
    void finish() {
        var begun = underWay;
        underWay = Optional.empty();
        begun.map(Promise::get).ifPresent(sink::accept);
    }

    @Override
    public void close() {
        finish();
    }
}
