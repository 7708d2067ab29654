package dev.attune.trainer.text.jinja;

/** A piece of a template that gives a value: a String, Long, Double, Boolean, null, List, Map, or what {@link Python} names. */
@FunctionalInterface
interface Expression {

    Object evaluate(Scope scope);

    /** This expression, with the line in its errors. */
    default Expression at(int line) {
        return scope -> {
            try {
                return evaluate(scope);
            } catch (TemplateException e) {
                throw e.at(line);
            }
        };
    }
}
