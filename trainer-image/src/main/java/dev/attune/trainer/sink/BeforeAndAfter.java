package dev.attune.trainer.sink;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Generated;
import dev.attune.trainer.event.Event.Started;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers from a run's events what training changed. */
public final class BeforeAndAfter {

    private final Map<String, Double> metricsBefore = new LinkedHashMap<>();
    private final Map<String, Double> metricsNow = new LinkedHashMap<>();
    private final Map<String, Sample> samples = new LinkedHashMap<>();

    /** Takes the next event of the run; those that measure nothing are passed over. */
    public void add(Event event) {
        if (event instanceof Started started) {
            started.history().forEach(this::add);
        } else if (event instanceof Evaluated evaluated) {
            metricsNow.putAll(evaluated.metrics());
            if (evaluated.step() == 0) {
                metricsBefore.putAll(evaluated.metrics());
            }
        } else if (event instanceof Generated generated) {
            samples.merge(
                    generated.prompt(),
                    generated.step() == 0
                            ? new Sample(generated.prompt(), shown(generated.text()), null)
                            : new Sample(generated.prompt(), null, shown(generated.text())),
                    (known, next) -> new Sample(
                            known.prompt(),
                            next.before() == null ? known.before() : next.before(),
                            next.after() == null ? known.after() : next.after()));
        }
    }

    private static String shown(String text) {
        return text.isBlank() ? "(nothing)" : text.strip();
    }

    /** The metrics in the order in which they were first measured. */
    public List<Change> metrics() {
        return metricsNow.entrySet().stream()
                .map(now -> new Change(now.getKey(), metricsBefore.get(now.getKey()), now.getValue()))
                .toList();
    }

    /** The prompts in the order in which they were first asked. */
    public List<Sample> samples() {
        return List.copyOf(samples.values());
    }
}
