package dev.attune.trainer.text.jinja;

/** A template that can't be read, uses what isn't supported here, or gave up by itself ({@code raise_exception}). */
public final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean located;
    private final boolean refusal;

    TemplateException(String message) {
        this(message, false, false, null);
    }

    private TemplateException(String message, boolean located, boolean refusal, TemplateException cause) {
        super(message, cause);
        this.located = located;
        this.refusal = refusal;
    }

    /** What a template says by {@code raise_exception}. */
    static TemplateException refusal(String message) {
        return new TemplateException(message, false, true, null);
    }

    /** Whether the template gave up by itself, as it does on variables that it wasn't made for. */
    public boolean isRefusal() {
        return refusal;
    }

    /** The same, with the line of the template if it isn't known yet. */
    TemplateException at(int line) {
        return located ? this : new TemplateException("line %d: %s".formatted(line, getMessage()), true, refusal, this);
    }
}
