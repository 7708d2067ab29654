package dev.attune.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.DataSet;
import dev.attune.api.DataSet.Format;
import dev.attune.trainer.data.Sample.Question.Answer;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Makes records of lines of JSON; the first line tells the format if the manifest doesn't. */
final class RecordParser {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Map<Format, List<String>> FIELDS = new EnumMap<>(Map.of(
            Format.TEXT, List.of("text"),
            Format.INSTRUCTION, List.of("prompt", "completion"),
            Format.CHAT, List.of("messages"),
            Format.CLASSIFICATION, List.of("text", "label"),
            Format.QUESTION_ANSWERING, List.of("context", "question", "answers")));
    private static final Map<Format, List<String>> OPTIONAL = Map.of(Format.CLASSIFICATION, List.of("textPair"));
    private static final Set<String> UNSUPPORTED =
            Set.of("tool_calls", "function_call", "reasoning_content", "thinking");

    private final String field;
    private final Map<String, String> columns;
    private final Set<Format> wanted;
    private Format format;

    RecordParser(String field, DataSet set, Set<Format> wanted) {
        this.field = field;
        this.wanted = wanted;
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
            case CLASSIFICATION ->
                new Sample.Labelled(
                        where,
                        text(where, row, "text"),
                        row.hasNonNull(column("textPair")) ? text(where, row, "textPair") : null,
                        value(where, row, "label"));
            case QUESTION_ANSWERING -> question(where, row);
        };
    }

    private void take(Format format) {
        this.format = format;
        columns.keySet().stream()
                .filter(name -> !fields(format).contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw TrainerFailure.invalidManifest("%s.columns: %s isn't read by the format %s, which reads %s"
                            .formatted(field, name, name(format), String.join(" and ", fields(format))));
                });
    }

    private static List<String> fields(Format format) {
        return Stream.of(FIELDS, OPTIONAL)
                .flatMap(fields -> fields.getOrDefault(format, List.of()).stream())
                .toList();
    }

    private static String name(Format format) {
        return JSON.convertValue(format, String.class);
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
        var fitting = FIELDS.entrySet().stream()
                .filter(entry -> entry.getValue().stream().allMatch(name -> row.has(column(name))))
                .map(Map.Entry::getKey)
                .toList();
        var usable = fitting.stream().filter(wanted::contains).toList();
        var formats = usable.isEmpty() ? fitting : usable;
        if (formats.size() > 1) {
            throw TrainerFailure.invalidData("%s: may be %s: say which in %s.format"
                    .formatted(
                            where,
                            String.join(
                                    " or ",
                                    formats.stream().map(RecordParser::name).toList()),
                            field));
        }
        if (formats.isEmpty()) {
            throw TrainerFailure.invalidData(
                    "%s: has neither %s, only %s: say which column is what, as in %s.columns: {%s: COLUMN}"
                            .formatted(
                                    where,
                                    needed(),
                                    names(row),
                                    field,
                                    needs().get(0).get(0)));
        }
        return formats.get(0);
    }

    private String needed() {
        return needs().stream().map(fields -> String.join(" and ", fields)).collect(Collectors.joining(", nor "));
    }

    private List<List<String>> needs() {
        return FIELDS.entrySet().stream()
                .filter(entry -> wanted.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
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

    private Sample.Question question(String where, JsonNode row) {
        var context = text(where, row, "context");
        var list = answers(value(where, row, "answers"));
        if (list == null) {
            throw TrainerFailure.invalidData(
                    "%s: %s is neither a list, as [{\"text\": \"…\", \"start\": 0}], nor {\"text\": [], \"answer_start\": []}"
                            .formatted(where, column("answers")));
        }
        var answers = new ArrayList<Answer>();
        for (var answer : list) {
            answers.add(answer(where, "%s[%d]".formatted(column("answers"), answers.size()), answer, context));
        }
        return new Sample.Question(where, context, text(where, row, "question"), answers);
    }

    /** The answers one by one, SQuAD's two columns as well; {@code null} where they are something else. */
    private static List<JsonNode> answers(JsonNode value) {
        var texts = value.path("text");
        var starts = value.path("answer_start");
        if (texts.isArray() && starts.isArray() && texts.size() == starts.size()) {
            return IntStream.range(0, texts.size())
                    .<JsonNode>mapToObj(i -> JSON.createObjectNode()
                            .<ObjectNode>set("text", texts.get(i))
                            .set("start", starts.get(i)))
                    .toList();
        }
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false).toList()
                : null;
    }

    /** Starts are counted in code points, as Python counts them. */
    private static Answer answer(String where, String name, JsonNode answer, String context) {
        var text = text(where, name + ".text", answer.path("text"));
        var start = answer.path(answer.has("answer_start") ? "answer_start" : "start");
        if (!start.canConvertToInt() || text.isEmpty()) {
            throw TrainerFailure.invalidData(
                    "%s: %s needs a text and a start, as {\"text\": \"Rome\", \"start\": 12}".formatted(where, name));
        }
        var points = context.codePointCount(0, context.length());
        var at = start.intValue() < 0 || start.intValue() > points
                ? -1
                : context.offsetByCodePoints(0, start.intValue());
        if (at < 0 || !context.startsWith(text, at)) {
            var found = context.indexOf(text);
            throw TrainerFailure.invalidData("%s: %s: the context doesn't have \"%s\" at %d, %s"
                    .formatted(
                            where,
                            name,
                            text,
                            start.intValue(),
                            found < 0
                                    ? "nor anywhere else"
                                    : "but at %d; start counts characters from 0"
                                            .formatted(context.codePointCount(0, found))));
        }
        return new Answer(text, at);
    }

    private static String names(JsonNode row) {
        var names = new ArrayList<String>();
        row.fieldNames().forEachRemaining(names::add);
        return names.isEmpty() ? "nothing" : String.join(", ", names);
    }
}
