package dev.attune.trainer.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Stepped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileSinkTest {

    @TempDir
    Path folder;

    @Test
    void anEventIsALineWithItsNameFirst() throws IOException {
        var lines = write(List.of(new Stepped(7, 0.5, 1_000, 1.5, 2e-4, 0.25, 0.4)));
        assertThat(lines)
                .singleElement()
                .asString()
                .matches(Pattern.quote("{\"event\":\"Stepped\",\"step\":7,\"epoch\":0.5,\"tokens\":1000,\"loss\":1.5,"
                                + "\"learningRate\":2.0E-4,\"gradientNorm\":0.25,\"seconds\":0.4,\"sinceStart\":")
                        + "[0-9.]+}");
    }

    @Test
    void everyLineParsesEvenOfALossThatIsNoNumber() throws IOException {
        var events = new ArrayList<>(Runs.resumed());
        events.add(new Stepped(601, 3, 1, Double.NaN, 0, Double.POSITIVE_INFINITY, 1));
        var parsed = new ArrayList<JsonNode>();
        for (var line : write(events)) {
            parsed.add(new ObjectMapper().readTree(line));
        }
        assertThat(parsed).hasSameSizeAs(events);
        assertThat(parsed.get(1).has("history")).isFalse();
        assertThat(parsed.get(parsed.size() - 1).get("loss").asDouble()).isNaN();
    }

    @Test
    void aSecondAttemptGoesOnInTheSameFile() throws IOException {
        write(List.of(Runs.step(1)));
        assertThat(write(List.of(Runs.step(2)))).hasSize(2);
    }

    @Test
    void aMissingFolderIsMade() {
        var file = folder.resolve("not/yet/events.jsonl");
        try (var sink = new EventFileSink(file)) {
            sink.accept(Runs.step(1));
        }
        assertThat(file).isNotEmptyFile();
    }

    private List<String> write(List<? extends Event> events) throws IOException {
        var file = folder.resolve("events.jsonl");
        try (var sink = new EventFileSink(file)) {
            events.forEach(sink::accept);
        }
        return Files.readAllLines(file);
    }
}
