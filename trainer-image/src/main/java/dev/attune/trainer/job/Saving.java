package dev.attune.trainer.job;

import dev.attune.trainer.event.Event.Saved;
import dev.attune.trainer.event.Sink;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The checkpoint that is being written, on a thread of its own. The arrays are read where they lie, so whoever is about to
 * change them calls {@link #finish} first; all methods are for the loop's thread.
 */
final class Saving implements AutoCloseable {

    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        var writer = new Thread(work, "checkpoint");
        writer.setDaemon(true);
        return writer;
    });
    private final Sink sink;
    private Optional<CompletableFuture<Saved>> underWay = Optional.empty();

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
        underWay = Optional.of(CompletableFuture.supplyAsync(writing, thread));
    }

    /** Waits until what was begun is there; what went wrong with it is thrown here, once. */
    void finish() {
        var begun = underWay;
        underWay = Optional.empty();
        begun.map(Saving::result).ifPresent(sink::accept);
    }

    private static Saved result(CompletableFuture<Saved> writing) {
        try {
            return writing.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            finish();
        } finally {
            thread.shutdown();
        }
    }
}
