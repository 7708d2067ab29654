package dev.attune.trainer.text.jinja;

/**
 * A token of a template.
 *
 * @param text what it stands for: text as it is printed, a name, a string's value, a number's digits, or an operator
 * @param line from 1
 */
record Token(Kind kind, String text, int line) {

    enum Kind {
        TEXT,
        STATEMENT_BEGIN,
        STATEMENT_END,
        PRINT_BEGIN,
        PRINT_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind kind, String text) {
        return this.kind == kind && this.text.equals(text);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case STATEMENT_END -> "%}";
            case PRINT_END -> "}}";
            case END -> "the end of the template";
            default -> text;
        };
    }
}
