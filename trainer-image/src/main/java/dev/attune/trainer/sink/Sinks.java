package dev.attune.trainer.sink;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Warned;
import dev.attune.trainer.event.Sink;
import java.util.ArrayList;
import java.util.List;

/** Several sinks as one. A sink that throws is dropped, the others are told so once, and go on. */
public final class Sinks implements Sink {

    private final List<Sink> open;

    /** @param sinks get each event in this order, and are closed in the reverse one: put first what shows warnings */
    public Sinks(List<Sink> sinks) {
        open = new ArrayList<>(sinks);
    }

    /** One more, which hears of what happens from now on. */
    public void add(Sink sink) {
        open.add(sink);
    }

    @Override
    public void accept(Event event) {
        for (var sink : List.copyOf(open)) {
            try {
                // One that failed on the warning about another is gone already.
                if (open.contains(sink)) {
                    sink.accept(event);
                }
            } catch (RuntimeException e) {
                open.remove(sink);
                close(sink);
                accept(new Warned("no more output from %s: %s".formatted(name(sink), reason(e))));
            }
        }
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            close(open.remove(open.size() - 1));
        }
    }

    private void close(Sink sink) {
        try {
            sink.close();
        } catch (RuntimeException e) {
            accept(new Warned("%s could not be closed: %s".formatted(name(sink), reason(e))));
        }
    }

    private static String name(Sink sink) {
        return sink.getClass().getSimpleName();
    }

    private static String reason(RuntimeException e) {
        return e.getCause() == null ? e.toString() : e.getMessage() + " (" + e.getCause() + ")";
    }
}
