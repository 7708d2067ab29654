package dev.attune.trainer.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Events as lines of JSON, {@code {"event": "Stepped", "step": 3, …}}, and back. */
public final class EventJson {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Class<?>> KINDS = Stream.of(Event.class.getPermittedSubclasses())
            .collect(Collectors.toMap(Class::getSimpleName, kind -> kind));

    private EventJson() {}

    /** An event as a JSON object. */
    public static ObjectNode tree(Event event) {
        var tree = JSON.createObjectNode().put("event", event.getClass().getSimpleName());
        return tree.setAll((ObjectNode) JSON.valueToTree(event));
    }

    /** An event as one line, without its end. */
    public static String line(Event event) {
        return tree(event).toString();
    }

    /** The event of a line. */
    public static Event parse(String line) {
        try {
            var tree = (ObjectNode) JSON.readTree(line);
            JsonNode kind = tree.remove("event");
            return (Event) JSON.treeToValue(tree, KINDS.get(kind.asText()));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no event: " + line, e);
        }
    }
}
