package dev.attune.trainer.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Preparing;
import dev.attune.trainer.event.Event.Warned;
import dev.attune.trainer.event.Sink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SinksTest {

    private static final Event EVENT = new Preparing("anything");

    private final List<Event> received = new ArrayList<>();
    private final List<String> closed = new ArrayList<>();

    @Test
    void aSinkThatThrowsIsReportedOnceAndDropped() {
        var calls = new ArrayList<Event>();
        Sink broken = event -> {
            calls.add(event);
            throw new UncheckedIOException("can't be written to /full", new IOException("No space left on device"));
        };
        try (var sinks = new Sinks(List.of(received::add, broken))) {
            sinks.accept(EVENT);
            sinks.accept(EVENT);
        }
        assertThat(calls).containsExactly(EVENT);
        assertThat(received)
                .hasSize(3)
                .filteredOn(event -> event instanceof Warned)
                .singleElement()
                .asString()
                .contains("can't be written to /full", "No space left on device");
    }

    @Test
    void allSinksMayFailAtOnce() {
        Sink broken = event -> {
            throw new IllegalStateException("broken");
        };
        Sink alsoBroken = event -> {
            throw new IllegalStateException("broken");
        };
        try (var sinks = new Sinks(List.of(broken, alsoBroken))) {
            sinks.accept(EVENT);
            sinks.accept(EVENT);
        }
    }

    @Test
    void allAreClosedTheFirstLastEvenWhenOneThrows() {
        var sinks = new Sinks(List.of(closing("terminal", false), closing("broken", true), closing("report", false)));
        sinks.close();
        assertThat(closed).containsExactly("report", "broken", "terminal");
        assertThat(received)
                .singleElement()
                .isInstanceOf(Warned.class)
                .asString()
                .contains("broken");
    }

    private Sink closing(String name, boolean fails) {
        return new Sink() {
            @Override
            public void accept(Event event) {
                received.add(event);
            }

            @Override
            public void close() {
                closed.add(name);
                if (fails) {
                    throw new IllegalStateException("broken");
                }
            }
        };
    }
}
