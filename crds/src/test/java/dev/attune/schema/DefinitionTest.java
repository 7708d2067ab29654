package dev.attune.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cel.CelException;
import dev.attune.cel.Expression;
import dev.attune.cel.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the committed definition must hold, so that it can be read, checked without a cluster, and stored in Java's types. */
class DefinitionTest {

    private static final JsonNode DEFINITION = Manifests.read(
                    Path.of("src/main/resources/dev/attune/api/finetunejobs.attune.dev-v1.yml"))
            .get(0)
            .content();
    private static final JsonNode SCHEMA = DEFINITION.at("/spec/versions/0/schema/openAPIV3Schema");

    /** Fields whose insides are Kubernetes' own. */
    private static final Set<String> KUBERNETES =
            Set.of("spec.trainer.affinity", "spec.trainer.tolerations", "spec.trainer.env", "status.conditions");

    @Test
    void describesTheKindAndEveryFieldInWholeSentences() {
        assertThat(SCHEMA.path("description").asText()).endsWith(".");
        var described = new ArrayList<String>();
        own((path, schema) -> {
            described.add(path);
            assertThat(schema.path("description").asText())
                    .as(path)
                    .hasSizeGreaterThan(10)
                    .matches("(?s)[A-Za-z].*\\.");
        });
        assertThat(described).contains("spec.method.lora.rank", "spec.data.train.from", "status.progress.loss");
    }

    @Test
    void boundsEveryInteger() {
        own((path, schema) -> {
            if (path.startsWith("spec.") && schema.path("type").asText().equals("integer")) {
                assertThat(schema.has("minimum") && schema.has("maximum"))
                        .as("%s: an integer beyond Java's would stop the operator from reading any job", path)
                        .isTrue();
            }
        });
    }

    @Test
    void usesNoKeywordThatIsNotChecked() {
        var checked = Set.of(
                "type",
                "properties",
                "additionalProperties",
                "items",
                "required",
                "enum",
                "pattern",
                "default",
                "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "minLength",
                "maxLength",
                "minItems",
                "maxItems",
                "minProperties",
                "maxProperties",
                "nullable",
                "x-kubernetes-int-or-string",
                "x-kubernetes-preserve-unknown-fields",
                "x-kubernetes-validations");
        // Words for people; what int-or-string says already; a list that people don't write.
        var withoutEffect = Set.of("description", "anyOf", "x-kubernetes-list-type", "x-kubernetes-list-map-keys");
        schemas("", SCHEMA, (path, schema) -> {
            assertThat(schema.properties())
                    .allSatisfy(keyword -> assertThat(keyword.getKey())
                            .as(path)
                            .matches(name -> checked.contains(name) || withoutEffect.contains(name)));
            assertThat(schema.has("anyOf")).as(path).isEqualTo(schema.has("x-kubernetes-int-or-string"));
            assertThat(schema.path("x-kubernetes-validations"))
                    .allSatisfy(rule -> assertThat(rule.properties())
                            .as(path)
                            .allSatisfy(part -> assertThat(part.getKey()).isIn("rule", "message", "fieldPath")));
        });
    }

    @Test
    void hasRulesThatTheReferenceReadsTheSameWay() throws IOException {
        var evaluated = new HashMap<String, Integer>();
        for (var file : manifests()) {
            for (var manifest : readable(file)) {
                var value = Defaults.applied(SCHEMA, manifest.content());
                rules(SCHEMA, value, (rule, self) -> {
                    var variables = Map.of("self", self, "oldSelf", self);
                    assertThat(value(rule, variables))
                            .as("%s: %s", file, rule)
                            .isEqualTo(Reference.value(rule, variables));
                    evaluated.merge(rule, 1, Integer::sum);
                });
            }
        }
        var all = new ArrayList<String>();
        schemas(
                "",
                SCHEMA,
                (path, schema) -> schema.path("x-kubernetes-validations")
                        .forEach(rule -> all.add(rule.path("rule").asText())));
        assertThat(evaluated.keySet()).containsAll(all);
    }

    private static List<Path> manifests() throws IOException {
        try (var files = Files.walk(Path.of("src/test/resources/manifests"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static List<Manifest> readable(Path file) {
        try {
            return Manifests.read(file).stream()
                    .filter(manifest -> manifest.content().isObject())
                    .toList();
        } catch (UnreadableManifestException e) {
            return List.of();
        }
    }

    private static Optional<Object> value(String rule, Map<String, Object> variables) {
        try {
            return Optional.of(Expression.of(rule).value(variables));
        } catch (CelException e) {
            return Optional.empty();
        }
    }

    private static void rules(JsonNode schema, JsonNode value, BiConsumer<String, Object> action) {
        schema.path("x-kubernetes-validations")
                .forEach(rule -> action.accept(rule.path("rule").asText(), Values.of(schema, value)));
        value.properties().forEach(field -> rules(Structure.field(schema, field.getKey()), field.getValue(), action));
        if (value.isArray()) {
            value.forEach(item -> rules(schema.path("items"), item, action));
        }
    }

    /** Every field that is Attune's own, by path without indices. */
    private static void own(BiConsumer<String, JsonNode> action) {
        schemas("", SCHEMA, (path, schema) -> {
            var kubernetes = KUBERNETES.stream().anyMatch(field -> path.startsWith(field + "."));
            if (!path.isEmpty() && !path.endsWith(".*") && !kubernetes) {
                action.accept(path, schema);
            }
        });
    }

    private static void schemas(String path, JsonNode schema, BiConsumer<String, JsonNode> action) {
        action.accept(path, schema);
        for (var property : schema.path("properties").properties()) {
            schemas(path.isEmpty() ? property.getKey() : path + "." + property.getKey(), property.getValue(), action);
        }
        Stream.of(schema.path("items"), schema.path("additionalProperties"))
                .filter(JsonNode::isObject)
                .forEach(inner -> {
                    // An item is spoken of by the list that holds it.
                    inner.path("properties")
                            .properties()
                            .forEach(property -> schemas(path + "." + property.getKey(), property.getValue(), action));
                    if (!inner.has("properties")) {
                        schemas(path + ".*", inner, action);
                    } else {
                        action.accept(path + ".*", inner);
                    }
                });
    }
}
