package dev.attune.protocol;

/** How a trainer's process ends, so that a pod failure policy can tell what is worth a new attempt. */
public enum ExitCode {
    /** The result is written. */
    SUCCEEDED(0),
    /** Something unforeseen; a new attempt may mend it. */
    UNEXPECTED(1),
    /** No memory was left, as {@code -XX:+ExitOnOutOfMemoryError} ends a JVM: the same recipe ends the same way again. */
    OUT_OF_MEMORY(3),
    /** The manifest, the data or the model is wrong, or training diverged: the same recipe ends the same way again. */
    INVALID(64),
    /** A place could not be read or written just now (full disk, lost mount); a new attempt may mend it. */
    UNAVAILABLE(75),
    /** Told to stop (SIGTERM) and saved a checkpoint; doesn't count as a failure. */
    INTERRUPTED(143);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The process's exit status. */
    public int code() {
        return code;
    }

    /** The meaning of an exit status; an unknown one is unexpected. */
    public static ExitCode of(int code) {
        for (var exit : values()) {
            if (exit.code == code) {
                return exit;
            }
        }
        return UNEXPECTED;
    }
}
