package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/** From JSON to what expressions compute with. */
final class Values {

    private Values() {}

    /** A map, list, string, boolean, long or double; a {@code number} is a double even if it is written without a point. */
    static Object of(JsonNode schema, JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> {
                var map = new LinkedHashMap<String, Object>();
                value.properties()
                        .forEach(field ->
                                map.put(field.getKey(), of(Structure.field(schema, field.getKey()), field.getValue())));
                yield map;
            }
            case ARRAY -> {
                var list = new ArrayList<Object>(value.size());
                value.forEach(item -> list.add(of(schema.path("items"), item)));
                yield list;
            }
            case STRING -> value.textValue();
            case BOOLEAN -> value.booleanValue();
            case NUMBER ->
                schema.path("type").asText().equals("number") || !value.isIntegralNumber()
                        ? (Object) value.doubleValue()
                        : (Object) value.longValue();
            default -> throw new IllegalArgumentException("no value of a manifest: " + value);
        };
    }
}
