package dev.attune.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.api.DataSet;
import dev.attune.api.DataSet.Format;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes records of lines of JSON; the first line tells the format if the manifest doesn't. */
final class RecordParser {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Map<Format, List<String>> FIELDS = new EnumMap<>(Map.of(
            Format.TEXT, List.of("text"),
            Format.INSTRUCTION, List.of("prompt", "completion"),
            Format.CHAT, List.of("messages")));
    private static final Set<String> UNSUPPORTED =
            Set.of("tool_calls", "function_call", "reasoning_content", "thinking");

    private final String field;
    private final Map<String, String> columns;
    private Format format;

    RecordParser(String field, DataSet set) {
        this.field = field;
        this.columns = set.columns() == null ? Map.of() : set.columns();
        if (set.format() != null) {
            take(set.format());
        }
    }

    Sample parse(String where, String line) {
        var row = row(where, line);
        if (format == null) {
            take(told(where, row));
        }
        return switch (format) {
            case TEXT -> new Sample.Text(where, text(where, row, "text"));
            case INSTRUCTION -> new Sample.Pair(where, text(where, row, "prompt"), text(where, row, "completion"));
            case CHAT -> new Sample.Chat(where, messages(where, row));
        };
    }

    private void take(Format format) {
        this.format = format;
        columns.keySet().stream()
                .filter(name -> !FIELDS.get(format).contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw TrainerFailure.invalidManifest("%s.columns: %s isn't read by the format %s, which reads %s"
                            .formatted(
                                    field,
                                    name,
                                    format.name().toLowerCase(),
                                    String.join(" and ", FIELDS.get(format))));
                });
    }

    private static JsonNode row(String where, String line) {
        try {
            var row = JSON.readTree(line);
            if (!row.isObject()) {
                throw TrainerFailure.invalidData(
                        "%s: is no JSON object: write one record a line, as {\"text\": \"…\"}".formatted(where));
            }
            return row;
        } catch (JsonProcessingException e) {
            var place = e.getLocation();
            throw TrainerFailure.invalidData("%s: is no JSON%s: %s"
                    .formatted(
                            where,
                            place == null ? "" : " from column %d".formatted(place.getColumnNr()),
                            e.getOriginalMessage().replaceFirst(" \\(start marker.*", "")));
        }
    }

    private Format told(String where, JsonNode row) {
        var formats = FIELDS.entrySet().stream()
                .filter(entry -> entry.getValue().stream().allMatch(name -> row.has(column(name))))
                .map(Map.Entry::getKey)
                .toList();
        if (formats.size() > 1) {
            throw TrainerFailure.invalidData("%s: may be %s: say which in %s.format"
                    .formatted(
                            where,
                            String.join(
                                    " or ",
                                    formats.stream()
                                            .map(f -> f.name().toLowerCase())
                                            .toList()),
                            field));
        }
        if (formats.isEmpty()) {
            throw TrainerFailure.invalidData(
                    "%s: has neither text, nor prompt and completion, nor messages, only %s: say which column is what, as in %s.columns: {prompt: question, completion: answer}"
                            .formatted(where, names(row), field));
        }
        return formats.get(0);
    }

    private String column(String name) {
        return columns.getOrDefault(name, name);
    }

    private JsonNode value(String where, JsonNode row, String name) {
        var value = row.get(column(name));
        if (value == null) {
            throw TrainerFailure.invalidData(
                    "%s: has no column %s, which is to hold the %s, only %s; map it in %s.columns"
                            .formatted(where, column(name), name, names(row), field));
        }
        return value;
    }

    private String text(String where, JsonNode row, String name) {
        return text(where, column(name), value(where, row, name));
    }

    private static String text(String where, String name, JsonNode value) {
        if (!value.isTextual()) {
            throw TrainerFailure.invalidData("%s: %s is %s where text was expected"
                    .formatted(where, name, value.getNodeType().name().toLowerCase()));
        }
        var text = value.textValue();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw TrainerFailure.invalidData(
                    "%s: %s has half of a surrogate pair (\\ud800 to \\udfff), which is no character"
                            .formatted(where, name));
        }
        return text;
    }

    private List<Message> messages(String where, JsonNode row) {
        var column = column("messages");
        var list = value(where, row, "messages");
        if (!list.isArray() || list.isEmpty()) {
            throw TrainerFailure.invalidData(
                    "%s: %s is no list of messages, as [{\"role\": \"user\", \"content\": \"…\"}]"
                            .formatted(where, column));
        }
        var messages = new ArrayList<Message>();
        for (var message : list) {
            var name = "%s[%d]".formatted(column, messages.size());
            UNSUPPORTED.stream().filter(message::hasNonNull).findFirst().ifPresent(part -> {
                throw TrainerFailure.invalidData(
                        "%s: %s has %s: only role and content can be learnt from".formatted(where, name, part));
            });
            messages.add(new Message(
                    text(where, name + ".role", message.path("role")),
                    text(where, name + ".content", message.path("content"))));
        }
        return messages;
    }

    private static String names(JsonNode row) {
        var names = new ArrayList<String>();
        row.fieldNames().forEachRemaining(names::add);
        return names.isEmpty() ? "nothing" : String.join(", ", names);
    }
}
