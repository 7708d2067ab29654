package dev.attune.cel;

/** An expression that can't be read, or that has no value, for example because a field it reads is missing. */
public final class CelException extends RuntimeException {

    private static final long serialVersionUID = 1;

    CelException(String message) {
        super(message);
    }
}
