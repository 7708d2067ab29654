package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.attune.cel.CelException;
import dev.attune.cel.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The rules of a schema ({@code x-kubernetes-validations}), applied to each value that they are written for. */
final class Rules {

    private final Predicate<FieldPath> hasShape;
    private final List<Problem> problems = new ArrayList<>();

    private Rules(Predicate<FieldPath> hasShape) {
        this.hasShape = hasShape;
    }

    /**
     * What the rules say against {@code value}.
     *
     * @param old what the manifest was before, for the rules on change; missing if it is new
     * @param hasShape whether all that lies at a path has the types that the schema says; rules rely on it
     */
    static List<Problem> check(JsonNode schema, JsonNode value, JsonNode old, Predicate<FieldPath> hasShape) {
        var rules = new Rules(hasShape);
        rules.value(schema, value, old, FieldPath.TOP);
        return rules.problems;
    }

    private void value(JsonNode schema, JsonNode value, JsonNode old, FieldPath path) {
        var rules = schema.path("x-kubernetes-validations");
        if (!rules.isEmpty() && hasShape.test(path)) {
            var variables = new LinkedHashMap<String, Object>();
            variables.put("self", Values.of(schema, value));
            if (!old.isMissingNode()) {
                variables.put("oldSelf", Values.of(schema, old));
            }
            rules.forEach(rule -> apply(rule, value, variables, path));
        }
        for (var field : value.properties()) {
            value(
                    Structure.field(schema, field.getKey()),
                    field.getValue(),
                    old.path(field.getKey()),
                    path.child(field.getKey()));
        }
        // Items of a list can't be told apart, so rules on change don't reach into it.
        for (var i = 0; value.isArray() && i < value.size(); i++) {
            value(schema.path("items"), value.get(i), MissingNode.getInstance(), path.item(i));
        }
    }

    private void apply(JsonNode rule, JsonNode value, Map<String, Object> variables, FieldPath path) {
        var expression = Expression.of(rule.path("rule").textValue());
        if (!variables.containsKey("oldSelf") && expression.reads("oldSelf")) {
            return;
        }
        var target = new FieldPath(path.text() + rule.path("fieldPath").asText());
        try {
            if (!Boolean.TRUE.equals(expression.value(variables))) {
                var at = value.at(rule.path("fieldPath").asText().replace('.', '/'));
                problems.add(new Problem(target.text(), message(rule, at)));
            }
        } catch (CelException e) {
            problems.add(new Problem(target.text(), "the rule %s fails: %s".formatted(expression, e.getMessage())));
        }
    }

    private static String message(JsonNode rule, JsonNode at) {
        var message =
                rule.path("message").asText("must satisfy " + rule.path("rule").asText());
        return at.isValueNode() && !at.isMissingNode() ? Structure.shown(at) + ": " + message : message;
    }
}
