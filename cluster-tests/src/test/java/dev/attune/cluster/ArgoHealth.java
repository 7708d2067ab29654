package dev.attune.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.jse.JsePlatform;

/** How Argo CD sees a FineTuneJob, by the script of the GitOps example in a real interpreter. */
record ArgoHealth(String status, String message) {

    private static final Path SCRIPT = Command.REPOSITORY.resolve("examples/gitops/argocd/health.lua");

    /** Health of an object, of which the script reads metadata.generation and status. */
    static ArgoHealth of(JsonNode object) {
        var globals = JsePlatform.standardGlobals();
        globals.set("obj", lua(object));
        var told = globals.loadfile(SCRIPT.toString()).call();
        return new ArgoHealth(
                told.get("status").tojstring(), told.get("message").tojstring());
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
