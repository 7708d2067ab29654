package dev.attune.trainer.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Interrupted;
import dev.attune.trainer.event.Event.Stepped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerStateSinkTest {

    @TempDir
    Path folder;

    @Test
    void aRunIsLaidOutAsTheTrainerOfTransformersDoes() throws IOException {
        var state = write(Runs.succeeded());
        assertThat(state.get("global_step").asInt()).isEqualTo(600);
        assertThat(state.get("max_steps").asInt()).isEqualTo(600);
        assertThat(state.get("epoch").asDouble()).isEqualTo(3);
        assertThat(state.get("num_input_tokens_seen").asLong()).isEqualTo(1_200_000);

        var log = state.get("log_history");
        assertThat(log).hasSize(600 + 4 + 1);
        assertThat(log.get(0).fieldNames())
                .toIterable()
                .containsExactly("epoch", "eval_loss", "eval_perplexity", "step");
        assertThat(log.get(1).fieldNames())
                .toIterable()
                .containsExactly("epoch", "grad_norm", "learning_rate", "loss", "step");
        assertThat(log.get(1).get("loss").asDouble()).isEqualTo(Runs.step(1).loss());
        assertThat(log.get(201).get("eval_loss").asDouble()).isCloseTo(2.004, within(1e-3));
        assertThat(log.get(201).get("epoch").asDouble()).isEqualTo(1);
        assertThat(log.get(604).get("train_runtime").asDouble()).isCloseTo(240, within(1e-6));
    }

    @Test
    void aResumedRunHasEachStepOnceInOrder() throws IOException {
        var steps = StreamSupport.stream(
                        write(Runs.resumed()).get("log_history").spliterator(), false)
                .filter(entry -> entry.has("loss"))
                .map(entry -> entry.get("step").asInt())
                .toList();
        assertThat(steps).hasSize(600).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void timeIsRightWhereEarlierStepsAreUntold() throws IOException {
        var events = Runs.resumedWithGaps();
        events.add(Runs.succeeded().get(Runs.succeeded().size() - 1));
        var log = write(events).get("log_history");
        var total = log.get(log.size() - 1);
        assertThat(total.get("step").asInt()).isEqualTo(600);
        assertThat(total.get("train_runtime").asDouble()).isCloseTo(240, within(1e-6));
    }

    @Test
    void aLossThatIsNoNumberIsWrittenAsPythonDoes() throws IOException {
        var events = new ArrayList<Event>(List.of(Runs.started(0, List.of())));
        events.add(new Stepped(1, 0, 1, Double.NaN, 0, 1, 1));
        events.add(new Interrupted(1));
        write(events);
        assertThat(Files.readString(folder.resolve("trainer_state.json"))).contains("\"loss\" : NaN,");
    }

    @Test
    void aRunThatNeverStartedLeavesAnEarlierOneAlone() {
        var events = Runs.failed("no such file");
        try (var sink = new TrainerStateSink(folder.resolve("trainer_state.json"))) {
            sink.accept(events.get(events.size() - 1));
        }
        assertThat(folder).isEmptyDirectory();
    }

    private JsonNode write(List<Event> events) throws IOException {
        var file = folder.resolve("trainer_state.json");
        try (var sink = new TrainerStateSink(file)) {
            events.forEach(sink::accept);
        }
        return JsonMapper.builder()
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .build()
                .readTree(file.toFile());
    }
}
