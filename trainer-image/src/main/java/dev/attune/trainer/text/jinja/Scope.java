package dev.attune.trainer.text.jinja;

import java.util.HashMap;
import java.util.Map;

/** Variables by name, over those of the enclosing scope. */
final class Scope {

    private final Scope parent;
    private final Map<String, Object> variables;

    private Scope(Scope parent, Map<String, Object> variables) {
        this.parent = parent;
        this.variables = variables;
    }

    static Scope global(Map<String, Object> variables) {
        return new Scope(new Scope(null, Builtins.FUNCTIONS), new HashMap<>(variables));
    }

    Scope nested() {
        return new Scope(this, new HashMap<>());
    }

    Object get(String name) {
        for (var scope = this; scope != null; scope = scope.parent) {
            if (scope.variables.containsKey(name)) {
                return scope.variables.get(name);
            }
        }
        return new Python.Undefined(name);
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }
}
