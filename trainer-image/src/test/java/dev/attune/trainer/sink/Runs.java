package dev.attune.trainer.sink;

import dev.attune.api.FineTuneJobStatus.Checkpoint;
import dev.attune.api.FineTuneJobStatus.Estimate;
import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.api.FineTuneJobStatus.TrainerInfo;
import dev.attune.api.Output;
import dev.attune.protocol.Report.Failure;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.DataRead;
import dev.attune.trainer.event.Event.Estimated;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Evaluating;
import dev.attune.trainer.event.Event.Failed;
import dev.attune.trainer.event.Event.Generated;
import dev.attune.trainer.event.Event.Preparing;
import dev.attune.trainer.event.Event.Saved;
import dev.attune.trainer.event.Event.Started;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Succeeded;
import dev.attune.trainer.event.Event.Writing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Events of runs that could have been: 600 steps, evaluated and saved every 200. */
public final class Runs {

    public static final int STEPS = 600;
    private static final String PROMPT = "Where is my order?";

    private Runs() {}

    /** A run that began at the beginning and succeeded. */
    public static List<Event> succeeded() {
        var events = new ArrayList<Event>();
        events.add(new Preparing("loading pvc://models/smollm2"));
        events.add(new DataRead(4_000, 200, 400_000));
        events.add(new Estimated(new Estimate("1409Mi", "4096Mi", "6Mi", null)));
        events.add(started(0, List.of()));
        events.addAll(measured(0));
        events.add(new Generated(0, PROMPT, "I am a language model.\nI am a language model."));
        events.addAll(steps(1, STEPS));
        events.add(new Generated(STEPS, PROMPT, "Let me look that up for you. What is your order number?"));
        events.add(new Writing("pvc://models/support-tone"));
        events.add(new Succeeded(new Result("pvc://models/support-tone", Output.Form.ADAPTER, "sha256:9f2c")));
        return events;
    }

    /** The second attempt of the same run, which goes on from step 400. */
    public static List<Event> resumed() {
        var events = new ArrayList<Event>();
        events.add(new Preparing("loading pvc://models/smollm2"));
        events.add(started(400, history()));
        events.addAll(steps(401, STEPS));
        return events;
    }

    /** The same second attempt, of which every tenth step of the first is told. */
    public static List<Event> resumedWithGaps() {
        var events = resumed();
        var start = events.indexOf(started(400, history()));
        var told = new ArrayList<>(history());
        told.removeIf(event -> event instanceof Stepped step && step.step() % 10 != 0);
        events.set(start, started(400, told));
        return events;
    }

    /** A run that gave up after step 250. */
    public static List<Event> failed(String message) {
        var events = new ArrayList<Event>();
        events.add(started(0, List.of()));
        events.addAll(measured(0));
        events.addAll(steps(1, 250));
        events.add(new Failed(new Failure("Diverged", message)));
        return events;
    }

    private static List<Event> history() {
        var history = new ArrayList<Event>(measured(0));
        history.addAll(steps(1, 400));
        history.removeIf(event -> event instanceof Evaluating);
        return history;
    }

    public static Started started(int resumedFrom, List<Event> history) {
        var trainer = new TrainerInfo("0.1.0", "cpu: Xeon, 2 threads", 134_515_008L, 460_800L, resumedFrom);
        return new Started("support-tone", trainer, "LlamaForCausalLM", STEPS, 3.0, history);
    }

    public static Stepped step(int step) {
        var loss = 1.8 + 0.7 * Math.exp(-step / 80.0) + 0.06 * Math.sin(step * 12.9898) * Math.cos(step * 4.1);
        var learningRate = step <= 18 ? 2e-4 * step / 18 : 1e-4 * (1 + Math.cos(Math.PI * (step - 18) / (STEPS - 18)));
        var norm = 0.5 + 0.4 * Math.exp(-step / 50.0) + 0.1 * Math.sin(step * 7.1);
        return new Stepped(step, step / 200.0, step * 2_000L, loss, learningRate, norm, 0.4);
    }

    public static Checkpoint checkpoint(int step) {
        return new Checkpoint(
                step, "pvc://work/support-tone/step-" + step, "sha256:" + step, "2Mi", "2026-11-01T12:00:00Z");
    }

    private static List<Event> steps(int first, int last) {
        var events = new ArrayList<Event>();
        for (var step = first; step <= last; step++) {
            events.add(step(step));
            if (step % 200 == 0) {
                events.addAll(measured(step));
                events.add(new Saved(
                        step,
                        IntStream.rangeClosed(1, step / 200)
                                .mapToObj(i -> checkpoint(i * 200))
                                .toList()));
            }
        }
        return events;
    }

    private static List<Event> measured(int step) {
        var loss = 1.9 + 0.55 * Math.exp(-step / 120.0);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("loss", loss);
        metrics.put("perplexity", Math.exp(loss));
        return List.of(new Evaluating(step), new Evaluated(step, metrics));
    }
}
