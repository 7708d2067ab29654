package dev.attune.cel;

import java.util.Map;

/**
 * An expression, read once and evaluated often. Values are {@code Boolean}, {@code Long} (int), {@code Double},
 * {@code String}, {@code List}, {@code Map} with string keys, and {@code null}. Macros: has, all, exists, exists_one, map,
 * filter. Functions: those of {@link Functions}. Left out, and so refused when read: bytes, unsigned numbers, messages,
 * timestamps, and Kubernetes' libraries.
 */
public final class Expression {

    private final String text;
    private final Node node;

    private Expression(String text, Node node) {
        this.text = text;
        this.node = node;
    }

    /**
     * Reads an expression.
     *
     * @throws CelException if it isn't CEL, or not of the part that is known here; the message says where
     */
    public static Expression of(String text) {
        return new Expression(text, new Parser(text).expression());
    }

    /**
     * Its value.
     *
     * @throws CelException if it has none
     */
    public Object value(Map<String, ?> variables) {
        return node.value(name -> {
            if (!variables.containsKey(name)) {
                throw new CelException("undeclared reference to '%s'".formatted(name));
            }
            return variables.get(name);
        });
    }

    /** Whether it names a variable that it doesn't itself bind. */
    public boolean reads(String variable) {
        return node.reads(variable);
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
