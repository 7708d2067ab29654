package dev.attune.trainer.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Saved;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Succeeded;
import dev.attune.trainer.event.Sink;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Writes {@code trainer_state.json} as the Trainer of transformers lays it out, for the tools that read it: at each
 * checkpoint and at the end.
 */
public final class TrainerStateSink implements Sink {

    /** As Python does it, a loss that is no number stays NaN, without quotes. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private final WholeFile file;
    private final History history = new History();

    public TrainerStateSink(Path file) {
        this.file = new WholeFile(file);
    }

    @Override
    public void accept(Event event) {
        history.add(event);
        if (history.started().isPresent()
                && (event instanceof Saved || history.end().isPresent())) {
            try {
                file.write(JSON.writeValueAsString(state(history)) + "\n");
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static ObjectNode state(History history) {
        var started = history.started().orElseThrow();
        var last = history.lastStep();
        var state = JSON.createObjectNode();
        state.put("epoch", last.map(Stepped::epoch).orElse(0.0));
        state.put("global_step", last.map(Stepped::step).orElse(0));
        state.put("is_hyper_param_search", false);
        state.put("is_local_process_zero", true);
        state.put("is_world_process_zero", true);
        state.set("log_history", log(history));
        state.put("logging_steps", 1);
        state.put("max_steps", started.totalSteps());
        state.put("num_input_tokens_seen", last.map(Stepped::tokens).orElse(0L));
        state.put("num_train_epochs", (int) Math.ceil(started.totalEpochs()));
        return state;
    }

    /** Steps and evaluations in the order in which they came: those of a step follow it. */
    private static ArrayNode log(History history) {
        var log = JSON.createArrayNode();
        var evaluations = history.evaluations().iterator();
        var next = evaluations.hasNext() ? evaluations.next() : null;
        var epoch = 0.0;
        for (var step : history.steps()) {
            for (;
                    next != null && next.step() < step.step();
                    next = evaluations.hasNext() ? evaluations.next() : null) {
                log.add(entry(next, epoch));
            }
            log.add(entry(step));
            epoch = step.epoch();
        }
        for (; next != null; next = evaluations.hasNext() ? evaluations.next() : null) {
            log.add(entry(next, epoch));
        }
        if (history.end().orElse(null) instanceof Succeeded) {
            log.add(total(history, epoch));
        }
        return log;
    }

    private static ObjectNode entry(Stepped step) {
        return JSON.createObjectNode()
                .put("epoch", step.epoch())
                .put("grad_norm", step.gradientNorm())
                .put("learning_rate", step.learningRate())
                .put("loss", step.loss())
                .put("step", step.step());
    }

    private static ObjectNode entry(Evaluated evaluated, double epoch) {
        var entry = JSON.createObjectNode().put("epoch", epoch);
        evaluated.metrics().forEach((name, value) -> entry.put("eval_" + name, value));
        return entry.put("step", evaluated.step());
    }

    private static ObjectNode total(History history, double epoch) {
        var steps = history.steps();
        var last = history.lastStep().map(Stepped::step).orElse(0);
        return JSON.createObjectNode()
                .put("epoch", epoch)
                .put("step", last)
                .put(
                        "train_loss",
                        steps.stream().mapToDouble(Stepped::loss).average().orElse(0))
                .put("train_runtime", history.seconds())
                .put("train_steps_per_second", last / history.seconds());
    }
}
