package dev.attune.trainer.event;

/**
 * Takes the events of a run, in order and from one thread. A sink that throws gets no further events; the run and the
 * other sinks go on.
 */
public interface Sink extends AutoCloseable {

    /** Takes one event; returns soon, so that training doesn't wait. */
    void accept(Event event);

    /** Delivers what is left and frees what it holds. */
    @Override
    default void close() {}
}
