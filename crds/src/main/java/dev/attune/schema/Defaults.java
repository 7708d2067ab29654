package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the API server does to an object before it looks at it: nulls go, defaults come. */
final class Defaults {

    private Defaults() {}

    /** A copy of {@code value} with what {@code schema} fills in. */
    static JsonNode applied(JsonNode schema, JsonNode value) {
        if (value instanceof ObjectNode object) {
            return object(schema, object);
        }
        if (value instanceof ArrayNode array) {
            var items = array.arrayNode(array.size());
            array.forEach(item -> items.add(applied(schema.path("items"), item)));
            return items;
        }
        return value;
    }

    private static ObjectNode object(JsonNode schema, ObjectNode object) {
        var result = object.objectNode();
        for (var field : object.properties()) {
            var of = Structure.field(schema, field.getKey());
            if (!field.getValue().isNull() || of.path("nullable").asBoolean()) {
                result.set(field.getKey(), applied(of, field.getValue()));
            }
        }
        for (var property : schema.path("properties").properties()) {
            var byDefault = property.getValue().get("default");
            if (byDefault != null && !result.has(property.getKey())) {
                result.set(property.getKey(), applied(property.getValue(), byDefault));
            }
        }
        return result;
    }
}
