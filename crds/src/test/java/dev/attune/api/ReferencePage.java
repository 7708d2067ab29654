package dev.attune.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.api.Block.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The definition as a page to read, in Markdown: a section a block, with a table of its fields and with its rules. */
final class ReferencePage {

    private final JsonNode version;

    /** The blocks, by the record that declares them: what is declared once is described once. */
    private final Map<Class<?>, Block> blocks = new LinkedHashMap<>();

    private final StringBuilder page = new StringBuilder();

    private ReferencePage(JsonNode version) {
        this.version = version;
        Stream.of(block("spec", FineTuneJobSpec.class), block("status", FineTuneJobStatus.class))
                .flatMap(Block::all)
                .forEach(block -> blocks.putIfAbsent(block.type(), block));
    }

    /**
     * The page.
     *
     * @param definition the custom resource definition
     * @param example a manifest to begin with
     */
    static String of(JsonNode definition, String example) {
        var names = definition.path("spec").path("names");
        var page = new ReferencePage(definition.path("spec").path("versions").get(0));
        page.introduction(definition.path("spec").path("group").asText(), names, example);
        page.contents();
        page.columns(names.path("shortNames").get(0).asText());
        page.blocks.values().forEach(page::section);
        return page.page.toString();
    }

    private JsonNode schema() {
        return version.path("schema").path("openAPIV3Schema");
    }

    private Block block(String name, Class<?> type) {
        return new Field(name, name, schema().path("properties").path(name), type)
                .block()
                .orElseThrow();
    }

    private void introduction(String group, JsonNode names, String example) {
        var kind = names.path("kind").asText();
        var shortName = names.path("shortNames").get(0).asText();
        page.append("""
                <!-- Generated from the custom resource definition by ReferenceIsCurrentTest; -Dattune.update renews it. -->
                # %s

                %s

                `apiVersion: %s/%s`, `kind: %s`; namespaced; for kubectl also `%s`, and among `kubectl get %s`. The same
                text is in the cluster: `kubectl explain %s.spec.method`. The API server refuses what breaks a bound or
                a rule below; `attune validate -f FILE` does so without a cluster.

                The least there is to write:

                ```yaml
                %s```
                """.formatted(
                        kind,
                        schema().path("description").asText(),
                        group,
                        version.path("name").asText(),
                        kind,
                        shortName,
                        names.path("categories").get(0).asText(),
                        shortName,
                        example));
        rules(schema());
    }

    private void contents() {
        page.append("\n## Contents\n\n- [kubectl get](#kubectl-get)\n");
        for (var block : blocks.values()) {
            var depth = (int) block.path().chars().filter(c -> c == '.').count();
            page.append("%s- %s\n".formatted("  ".repeat(depth), link(block.path(), block)));
        }
    }

    private void columns(String shortName) {
        page.append("""

                ## kubectl get

                | Column | Shows | In `kubectl get %s` |
                |---|---|---|
                | NAME | `.metadata.name` | always |
                """.formatted(shortName));
        for (var column : version.path("additionalPrinterColumns")) {
            page.append("| %s | `%s` | %s |\n"
                    .formatted(
                            column.path("name").asText().toUpperCase(Locale.ROOT),
                            column.path("jsonPath").asText(),
                            column.path("priority").asInt() == 0 ? "always" : "with `-o wide`"));
        }
        page.append("\n`--field-selector` takes %s, beside the name and the namespace.\n"
                .formatted(joined(
                        version.path("selectableFields"),
                        field -> code(field.path("jsonPath").asText().substring(1)))));
    }

    private void section(Block block) {
        page.append("\n## %s\n\n%s\n\n".formatted(block.path(), escaped(block.description())));
        var written = block.path().startsWith("spec");
        page.append(
                written
                        ? "| Field | Type | Default | Allowed | Meaning |\n|---|---|---|---|---|\n"
                        : "| Field | Type | Meaning |\n|---|---|---|\n");
        block.fields()
                .forEach(field -> page.append("| `%s` | %s | %s%s |\n"
                        .formatted(
                                field.name(),
                                type(field),
                                written ? "%s | %s | ".formatted(byDefault(block, field), allowed(field.schema())) : "",
                                escaped(field.schema().path("description").asText()))));
        rules(block.schema());
    }

    private void rules(JsonNode schema) {
        var sentences = StreamSupport.stream(
                        schema.path("x-kubernetes-validations").spliterator(), false)
                .map(rule -> (rule.has("fieldPath")
                                ? code(rule.path("fieldPath").asText().substring(1)) + ": "
                                : "")
                        + escaped(rule.path("message").asText()))
                .distinct()
                .toList();
        if (!sentences.isEmpty()) {
            page.append("\nRules:\n\n");
            sentences.forEach(sentence -> page.append("- %s.\n".formatted(sentence)));
        }
    }

    private String type(Field field) {
        return field.block()
                .map(inner -> link(field.schema().has("items") ? "list" : "object", blocks.get(inner.type())))
                .orElseGet(() -> plainType(field.type(), field.schema()));
    }

    private static String plainType(Type type, JsonNode schema) {
        if (type instanceof ParameterizedType list && schema.has("items")) {
            return "list of " + plainType(list.getActualTypeArguments()[0], schema.path("items"));
        }
        if (type instanceof ParameterizedType map && schema.has("additionalProperties")) {
            return "map of string to "
                    + plainType(map.getActualTypeArguments()[1], schema.path("additionalProperties"));
        }
        return type instanceof Class<?> known && known.getName().startsWith("io.fabric8.kubernetes")
                ? "Kubernetes' " + known.getSimpleName()
                : schema.path("type").asText("integer or string");
    }

    private static String byDefault(Block block, Field field) {
        for (var required : block.schema().path("required")) {
            if (required.asText().equals(field.name())) {
                return "**required**";
            }
        }
        return field.schema().has("default") ? code(value(field.schema().path("default"))) : "";
    }

    private static String allowed(JsonNode schema) {
        var allowed = new ArrayList<String>();
        if (schema.has("enum")) {
            allowed.add(joined(schema.path("enum"), option -> code(option.asText())));
        }
        range(schema, "minimum", "maximum", "", allowed);
        if (schema.path("pattern").asText().matches("\\^\\w+\\$")) {
            allowed.add(code(schema.path("pattern").asText().replaceAll("\\W", "")));
        }
        range(schema, "minLength", "maxLength", " characters", allowed);
        range(schema, "minItems", "maxItems", " items", allowed);
        range(schema, "minProperties", "maxProperties", " entries", allowed);
        return String.join("; ", allowed);
    }

    private static void range(JsonNode schema, String from, String to, String what, List<String> allowed) {
        // The largest int is no bound that a person runs into.
        var isOpen = !schema.has(to) || schema.path(to).asDouble() >= Integer.MAX_VALUE;
        var least = value(schema.path(from));
        var most = (schema.path("exclusiveMaximum").asBoolean() ? "below " : "") + value(schema.path(to));
        if (schema.has(from)) {
            allowed.add(isOpen ? "from " + least + what : least + " to " + most + what);
        } else if (!isOpen) {
            allowed.add("up to " + most + what);
        }
    }

    private static String value(JsonNode value) {
        return value.isNumber()
                ? value.decimalValue().stripTrailingZeros().toPlainString()
                : value.isTextual() ? value.textValue() : value.toString();
    }

    private static String joined(JsonNode list, Function<JsonNode, String> text) {
        return StreamSupport.stream(list.spliterator(), false).map(text).collect(Collectors.joining(", "));
    }

    /** A link to a block's section; Markdown makes its anchor of the heading's letters and digits. */
    private static String link(String text, Block block) {
        return "[%s](#%s)".formatted(text, block.path().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", ""));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static String escaped(String text) {
        return text.replace("<", "&lt;").replace("|", "\\|");
    }
}
