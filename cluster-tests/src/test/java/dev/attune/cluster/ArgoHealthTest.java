package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.jse.JsePlatform;

/** The script by which Argo CD tells how a FineTuneJob stands. */
class ArgoHealthTest {

    private static final Path SCRIPT = Command.REPOSITORY.resolve("examples/gitops/argocd/health.lua");

    private static final List<String> CONDITIONS =
            List.of("Ready", "Progressing", "Suspended", "Complete", "Failed", "Stalled");

    @ParameterizedTest(name = "{1} of generation {0}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    2 | Progressing    | Progressing | why
                    2 | Suspended      | Suspended   | why
                    2 | Ready Complete | Healthy     | why
                    2 | Failed Stalled | Degraded    | why
                    1 | Ready Complete | Progressing | waiting for Attune's operator
                    """)
    void healthFollowsTheConditionsOfTheNewestSpec(int observed, String holding, String health, String message) {
        var conditions = CONDITIONS.stream()
                .map(type -> "{type: %s, status: '%s', message: why}"
                        .formatted(type, holding.contains(type) ? "True" : "False"))
                .collect(Collectors.joining(", ", "[", "]"));
        assertHealth("{observedGeneration: %d, conditions: %s}".formatted(observed, conditions), health, message);
    }

    @Test
    void jobThatNoOperatorHasSeenIsProgressing() {
        assertHealth("{}", "Progressing", "waiting for Attune's operator");
    }

    private static void assertHealth(String status, String health, String message) {
        var told = health("{metadata: {generation: 2}, status: %s}".formatted(status));
        assertThat(told.get("status").tojstring()).isEqualTo(health);
        assertThat(told.get("message").tojstring()).isEqualTo(message);
    }

    private static LuaValue health(String object) {
        var globals = JsePlatform.standardGlobals();
        globals.set("obj", lua(Yaml.read(object)));
        return globals.loadfile(SCRIPT.toString()).call();
    }

    private static LuaValue lua(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var table = new LuaTable();
                node.properties().forEach(field -> table.set(field.getKey(), lua(field.getValue())));
                yield table;
            }
            case ARRAY -> {
                var table = new LuaTable();
                node.forEach(element -> table.set(table.length() + 1, lua(element)));
                yield table;
            }
            case NUMBER -> LuaValue.valueOf(node.asInt());
            case BOOLEAN -> LuaValue.valueOf(node.asBoolean());
            default -> LuaValue.valueOf(node.asText());
        };
    }
}
