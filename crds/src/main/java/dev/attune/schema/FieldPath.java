package dev.attune.schema;

import java.util.regex.Pattern;

/**
 * The way from the top of a manifest to one of its values, as Kubernetes writes it.
 *
 * @param text for example {@code spec.data.train[0].from} or {@code metadata.labels[example.com/team]}; empty at the top
 */
record FieldPath(String text) {

    static final FieldPath TOP = new FieldPath("");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    FieldPath child(String key) {
        if (!NAME.matcher(key).matches()) {
            return new FieldPath(text + "[" + key + "]");
        }
        return new FieldPath(text.isEmpty() ? key : text + "." + key);
    }

    FieldPath item(int index) {
        return new FieldPath(text + "[" + index + "]");
    }

    /** Whether {@code other} is this path or leads on from it. */
    boolean holds(String other) {
        return text.isEmpty()
                || other.startsWith(text)
                        && (other.length() == text.length() || ".[".indexOf(other.charAt(text.length())) >= 0);
    }
}
