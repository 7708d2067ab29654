package dev.attune.trainer.text.jinja;

/** A piece of a template that gives text. */
@FunctionalInterface
interface Statement {

    /** How the innermost loop goes on. */
    enum Flow {
        NEXT,
        CONTINUE,
        BREAK
    }

    Flow execute(Scope scope, Output output);
}
