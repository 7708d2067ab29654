package dev.attune.trainer.job;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** What another thread is working on; who waits for it is thrown what went wrong there, as it is. */
record Promise<T>(CompletableFuture<T> work) {

    /** Begins the work, on a thread of its own. */
    static <T> Promise<T> of(String thread, Supplier<T> work) {
        var promised = new CompletableFuture<T>();
        var worker = new Thread(() -> promised.completeAsync(work, Runnable::run), thread);
        worker.setDaemon(true);
        worker.start();
        return new Promise<>(promised);
    }

    /** Waits until the work is over, however it ended. */
    void await() {
        work.handle((result, failure) -> null).join();
    }

    /** Waits for the work's result. */
    T get() {
        try {
            return work.join();
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
}
