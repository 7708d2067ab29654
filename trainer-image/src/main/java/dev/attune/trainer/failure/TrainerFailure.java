package dev.attune.trainer.failure;

import dev.attune.protocol.ExitCode;
import java.util.List;

/** A run that can't go on, with a reason for machines and a message for people. */
public final class TrainerFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** How Linux says that there is no room. */
    private static final List<String> FULL = List.of("No space left on device", "Disk quota exceeded");

    private static final String ADVICE =
            "; enlarge the volume or delete what nobody needs there, and training goes on from the last checkpoint";

    private final ExitCode exit;
    private final String reason;

    private TrainerFailure(ExitCode exit, String reason, String message, Throwable cause) {
        super(message, cause);
        this.exit = exit;
        this.reason = reason;
    }

    /** The manifest asks for what can't be done; {@code message} begins with the field's path, as in spec.method.lora. */
    public static TrainerFailure invalidManifest(String message) {
        return new TrainerFailure(ExitCode.INVALID, "InvalidManifest", message, null);
    }

    /** The data can't be learnt from; {@code message} names the file and, where there is one, the line. */
    public static TrainerFailure invalidData(String message) {
        return new TrainerFailure(ExitCode.INVALID, "InvalidData", message, null);
    }

    /** The model can't be loaded; {@code message} names the file and, where there is one, the tensor. */
    public static TrainerFailure invalidModel(String message) {
        return new TrainerFailure(ExitCode.INVALID, "InvalidModel", message, null);
    }

    /** Training left the numbers; {@code message} names the step and the last good checkpoint. */
    public static TrainerFailure diverged(String message) {
        return new TrainerFailure(ExitCode.INVALID, "Diverged", message, null);
    }

    /** An allocation failed; {@code message} says what to make smaller. */
    public static TrainerFailure outOfMemory(String message, Throwable cause) {
        return new TrainerFailure(ExitCode.OUT_OF_MEMORY, "OutOfMemory", message, cause);
    }

    /** A place can't be read or written just now; {@code message} names it. */
    public static TrainerFailure unavailable(String message, Throwable cause) {
        return new TrainerFailure(ExitCode.UNAVAILABLE, "PlaceUnavailable", message, cause);
    }

    /** A place can't be written just now; {@code message} names it. Of a full one, what to do is added. */
    public static TrainerFailure unwritable(String message, Exception cause) {
        var why = String.valueOf(cause.getMessage());
        var full = FULL.stream().anyMatch(why::contains);
        return unavailable("%s: %s%s".formatted(message, why, full ? ADVICE : ""), cause);
    }

    /** How the process is to end. */
    public ExitCode exit() {
        return exit;
    }

    /** One CamelCase word, for a condition. */
    public String reason() {
        return reason;
    }
}
