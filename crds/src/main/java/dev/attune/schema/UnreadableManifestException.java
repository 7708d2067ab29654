package dev.attune.schema;

/** A file that holds no manifest: it can't be opened, or it isn't YAML. */
public final class UnreadableManifestException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message begins with the file and, where there is one, line and column, as in {@code job.yaml:3:7: …} */
    UnreadableManifestException(String message, Throwable cause) {
        super(message, cause);
    }
}
