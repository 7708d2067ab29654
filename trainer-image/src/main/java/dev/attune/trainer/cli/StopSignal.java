package dev.attune.trainer.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** SIGTERM and Ctrl-C as a question that the loop asks between steps; the process ends when the run has. */
final class StopSignal implements BooleanSupplier {

    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    private StopSignal() {}

    /** From now on, a signal to end waits for {@link #runHasEnded}. */
    static StopSignal onTermination() {
        var signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(signal::askAndWait, "stop"));
        return signal;
    }

    private void askAndWait() {
        asked.set(true);
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean getAsBoolean() {
        return asked.get();
    }

    /** Lets the process end. */
    void runHasEnded() {
        ended.countDown();
    }
}
