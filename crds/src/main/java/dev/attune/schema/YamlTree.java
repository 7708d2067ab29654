package dev.attune.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Turns a document's YAML nodes into JSON as kubectl does, and remembers where each field stands. */
final class YamlTree {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final Set<String> TRUE = Set.of("true", "yes", "on", "y");

    private final Map<String, Integer> lines = new HashMap<>();
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

    /** YAML that no JSON, and so no manifest, can say. */
    static final class NotAManifest extends MarkedYAMLException {
        private static final long serialVersionUID = 1;

        NotAManifest(String problem, Mark mark) {
            super(null, null, problem, mark);
        }
    }

    JsonNode of(Node document) {
        lines.put("", document.getStartMark().getLine() + 1);
        return value(document, FieldPath.TOP);
    }

    /** The line of each field, from 1, by its path. */
    Map<String, Integer> lines() {
        return Map.copyOf(lines);
    }

    private JsonNode value(Node node, FieldPath path) {
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar);
        }
        if (!open.add(node)) {
            throw new NotAManifest("an alias may not stand within what it names", node.getStartMark());
        }
        var value = node instanceof MappingNode mapping ? mapping(mapping, path) : sequence((SequenceNode) node, path);
        open.remove(node);
        return value;
    }

    private ArrayNode sequence(SequenceNode node, FieldPath path) {
        var array = JSON.arrayNode();
        for (var item : node.getValue()) {
            var at = path.item(array.size());
            lines.putIfAbsent(at.text(), item.getStartMark().getLine() + 1);
            array.add(value(item, at));
        }
        return array;
    }

    private ObjectNode mapping(MappingNode node, FieldPath path) {
        var object = JSON.objectNode();
        for (var entry : node.getValue()) {
            if (!entry.getKeyNode().getTag().equals(Tag.MERGE)) {
                own(entry, object, path);
            }
        }
        for (var entry : node.getValue()) {
            if (entry.getKeyNode().getTag().equals(Tag.MERGE)) {
                merged(entry.getValueNode(), object, path);
            }
        }
        return object;
    }

    private void own(NodeTuple entry, ObjectNode object, FieldPath path) {
        var mark = entry.getKeyNode().getStartMark();
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            throw new NotAManifest("a key must be a string", mark);
        }
        var at = path.child(key.getValue());
        if (object.has(key.getValue())) {
            throw new NotAManifest(
                    "%s is set twice, first in line %d: keep one of them".formatted(at.text(), lines.get(at.text())),
                    mark);
        }
        lines.putIfAbsent(at.text(), mark.getLine() + 1);
        object.set(key.getValue(), value(entry.getValueNode(), at));
    }

    /** What {@code <<} brings in yields to what the mapping says itself. */
    private void merged(Node node, ObjectNode object, FieldPath path) {
        if (node instanceof SequenceNode several) {
            several.getValue().forEach(one -> merged(one, object, path));
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            throw new NotAManifest("<< takes a mapping, or a list of mappings", node.getStartMark());
        }
        for (var field : mapping(mapping, path).properties()) {
            object.putIfAbsent(field.getKey(), field.getValue());
        }
    }

    private static JsonNode scalar(ScalarNode node) {
        var text = node.getValue();
        var tag = node.getTag();
        if (tag.equals(Tag.NULL)) {
            return JSON.nullNode();
        }
        if (tag.equals(Tag.BOOL)) {
            return JSON.booleanNode(TRUE.contains(text.toLowerCase(Locale.ROOT)));
        }
        // YAML 1.1 reads 12:30 as a number to base 60; kubectl reads it as text.
        if (tag.equals(Tag.INT) && text.indexOf(':') < 0) {
            return integer(text.replace("_", ""));
        }
        if (tag.equals(Tag.FLOAT) && text.indexOf(':') < 0) {
            return decimal(node, text.replace("_", ""));
        }
        return node.isPlain() ? alsoPlain(text) : JSON.textNode(text);
    }

    /** What kubectl's YAML knows beyond this one's. */
    private static JsonNode alsoPlain(String text) {
        if (text.matches("[yYnN]")) {
            return JSON.booleanNode(TRUE.contains(text.toLowerCase(Locale.ROOT)));
        }
        return text.matches("0o[0-7]+") ? integer("0" + text.substring(2)) : JSON.textNode(text);
    }

    private static JsonNode integer(String text) {
        var sign = text.startsWith("-") ? "-" : "";
        var digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        var value = digits.startsWith("0x")
                ? new BigInteger(sign + digits.substring(2), 16)
                : digits.startsWith("0b")
                        ? new BigInteger(sign + digits.substring(2), 2)
                        : new BigInteger(sign + digits, digits.startsWith("0") ? 8 : 10);
        return value.bitLength() < Long.SIZE ? JSON.numberNode(value.longValue()) : JSON.numberNode(value);
    }

    /** A decimal, or an integer if it is whole: JSON knows no difference, and kubectl makes none. */
    private static JsonNode decimal(ScalarNode node, String text) {
        try {
            var value = Double.parseDouble(text);
            return value == Math.rint(value) && Math.abs(value) < 0x1p53
                    ? JSON.numberNode((long) value)
                    : JSON.numberNode(value);
        } catch (NumberFormatException e) {
            throw new NotAManifest(node.getValue() + " is no number that JSON can hold", node.getStartMark());
        }
    }
}
