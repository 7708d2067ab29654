package dev.attune.schema;

/**
 * Something that the API server would refuse.
 *
 * @param path the field, as in {@code spec.data.train[0].from}; empty for the manifest as a whole
 * @param message what is wrong and what to write instead
 */
public record Problem(String path, String message) {

    /** {@code path: message}. */
    @Override
    public String toString() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
