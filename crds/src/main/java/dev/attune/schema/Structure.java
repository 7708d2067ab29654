package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The structural part of a schema: types, known and required fields, bounds, patterns. */
final class Structure {

    /** A problem, and whether it leaves the value without the shape that rules may rely on. */
    record Finding(Problem problem, boolean shapeless) {}

    private final Suggestions suggestions;
    private final List<Finding> findings = new ArrayList<>();

    private Structure(Suggestions suggestions) {
        this.suggestions = suggestions;
    }

    /** All that is wrong with {@code value}, in the order of its fields. */
    static List<Finding> check(JsonNode schema, JsonNode value) {
        var structure = new Structure(new Suggestions(schema));
        structure.value(schema, value, FieldPath.TOP);
        return structure.findings;
    }

    /** The schema of a field of an object; missing if the object may not have it. */
    static JsonNode field(JsonNode schema, String name) {
        var property = schema.path("properties").path(name);
        if (!property.isMissingNode()) {
            return property;
        }
        var others = schema.path("additionalProperties");
        return others.isObject() ? others : MissingNode.getInstance();
    }

    private void value(JsonNode schema, JsonNode value, FieldPath path) {
        if (!hasType(schema, value)) {
            shapeless(path, "must be %s, but is %s".formatted(wanted(schema), shown(value)));
            return;
        }
        options(schema, value, path);
        switch (value.getNodeType()) {
            case OBJECT -> object(schema, value, path);
            case ARRAY -> array(schema, value, path);
            case STRING -> string(schema, value.textValue(), path);
            case NUMBER -> number(schema, value, path);
            default -> {}
        }
    }

    private void object(JsonNode schema, JsonNode value, FieldPath path) {
        for (var field : value.properties()) {
            var of = field(schema, field.getKey());
            if (of.isMissingNode()) {
                if (isClosed(schema)) {
                    wrong(path.child(field.getKey()), "unknown field" + suggestions.of(schema, path, field.getKey()));
                }
            } else {
                value(of, field.getValue(), path.child(field.getKey()));
            }
        }
        for (var required : schema.path("required")) {
            if (!value.has(required.textValue())) {
                var description =
                        field(schema, required.textValue()).path("description").asText();
                shapeless(
                        path.child(required.textValue()),
                        "required field is missing" + (description.isEmpty() ? "" : ": " + description));
            }
        }
        size(schema, "Properties", "entries", value.size(), path);
    }

    private static boolean isClosed(JsonNode schema) {
        return !schema.has("additionalProperties")
                && !schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
    }

    private void array(JsonNode schema, JsonNode value, FieldPath path) {
        for (var i = 0; i < value.size(); i++) {
            value(schema.path("items"), value.get(i), path.item(i));
        }
        size(schema, "Items", "items", value.size(), path);
    }

    private void string(JsonNode schema, String value, FieldPath path) {
        size(schema, "Length", "characters", value.codePointCount(0, value.length()), path);
        var pattern = schema.path("pattern").asText();
        if (!Pattern.compile(pattern).matcher(value).find()) {
            shapeless(path, "\"%s\" does not match %s".formatted(value, pattern));
        }
    }

    private void number(JsonNode schema, JsonNode value, FieldPath path) {
        var exclusiveMinimum = schema.path("exclusiveMinimum").asBoolean();
        var exclusiveMaximum = schema.path("exclusiveMaximum").asBoolean();
        bound(
                schema.get("minimum"),
                value,
                way -> way < 0 || exclusiveMinimum && way == 0,
                path,
                exclusiveMinimum ? "must be above" : "is below the minimum");
        bound(
                schema.get("maximum"),
                value,
                way -> way > 0 || exclusiveMaximum && way == 0,
                path,
                exclusiveMaximum ? "must be below" : "is above the maximum");
    }

    private void bound(JsonNode bound, JsonNode value, IntPredicate breaks, FieldPath path, String words) {
        if (bound != null && breaks.test(value.decimalValue().compareTo(bound.decimalValue()))) {
            wrong(path, "%s %s %s".formatted(value.asText(), words, plain(bound)));
        }
    }

    private static String plain(JsonNode number) {
        return number.decimalValue().stripTrailingZeros().toPlainString();
    }

    private void options(JsonNode schema, JsonNode value, FieldPath path) {
        var options = schema.path("enum");
        if (options.isEmpty()
                || StreamSupport.stream(options.spliterator(), false).anyMatch(value::equals)) {
            return;
        }
        var names = StreamSupport.stream(options.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        shapeless(
                path,
                "%s is not allowed, write %s%s"
                        .formatted(shown(value), anyOf(names), Suggestions.didYouMean(value.asText(), names)));
    }

    private void size(JsonNode schema, String of, String what, int size, FieldPath path) {
        var least = schema.path("min" + of).asInt(0);
        if (size < least) {
            wrong(path, size == 0 ? "may not be empty" : "has %d %s, needs %d at least".formatted(size, what, least));
        }
        var most = schema.path("max" + of).asInt(Integer.MAX_VALUE);
        if (size > most) {
            shapeless(path, "has %d %s, may have %d at most".formatted(size, what, most));
        }
    }

    private static boolean hasType(JsonNode schema, JsonNode value) {
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return value.isIntegralNumber() || value.isTextual();
        }
        return switch (schema.path("type").asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber() && value.canConvertToLong();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> true;
        };
    }

    private static String wanted(JsonNode schema) {
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return "an integer or a string";
        }
        return switch (schema.path("type").asText()) {
            case "object" ->
                schema.has("properties")
                        ? "an object with fields of " + String.join(", ", names(schema.path("properties")))
                        : "an object";
            case "array" -> "a list";
            case "integer" -> "an integer";
            case "boolean" -> "true or false";
            default -> "a " + schema.path("type").asText();
        };
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    /** A value as a message shows it: what it is, and what it says when that is short. */
    static String shown(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "\"%s\"".formatted(value.textValue());
            default -> value.asText();
        };
    }

    private static String anyOf(List<String> names) {
        return names.size() == 1
                ? names.get(0)
                : names.subList(0, names.size() - 1).stream().collect(Collectors.joining(", "))
                        + " or "
                        + names.get(names.size() - 1);
    }

    private void wrong(FieldPath path, String message) {
        findings.add(new Finding(new Problem(path.text(), message), false));
    }

    private void shapeless(FieldPath path, String message) {
        findings.add(new Finding(new Problem(path.text(), message), true));
    }
}
