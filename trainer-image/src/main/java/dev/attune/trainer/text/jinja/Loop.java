package dev.attune.trainer.text.jinja;

import dev.attune.trainer.text.jinja.Python.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A {@code for} tag.
 *
 * @param targets the names that an element, or its parts, get
 * @param elements gives a list
 * @param filter which elements count
 * @param otherwise what is done when there are none
 */
record Loop(List<String> targets, Expression elements, Expression filter, Statement body, Statement otherwise)
        implements Statement {

    @Override
    public Flow execute(Scope scope, Output output) {
        var chosen = new ArrayList<Object>();
        for (Object element : (List<?>) elements.evaluate(scope)) {
            var inside = scope.nested();
            assign(inside, element);
            if (Python.isTrue(filter.evaluate(inside))) {
                chosen.add(element);
            }
        }
        if (chosen.isEmpty()) {
            return otherwise.execute(scope, output);
        }
        for (var i = 0; i < chosen.size(); i++) {
            var inside = scope.nested();
            assign(inside, chosen.get(i));
            inside.set("loop", position(chosen, i));
            if (body.execute(inside, output) == Flow.BREAK) {
                break;
            }
        }
        return Flow.NEXT;
    }

    private void assign(Scope scope, Object element) {
        if (targets.size() == 1) {
            scope.set(targets.get(0), element);
            return;
        }
        var parts = Python.elements(element);
        if (parts.size() != targets.size()) {
            throw new TemplateException("%d values for %s".formatted(parts.size(), String.join(", ", targets)));
        }
        for (var i = 0; i < parts.size(); i++) {
            scope.set(targets.get(i), parts.get(i));
        }
    }

    private static Python.Namespace position(List<Object> elements, int index) {
        var last = elements.size() - 1;
        return new Python.Namespace(Map.of(
                "index",
                index + 1L,
                "index0",
                (long) index,
                "revindex",
                last - index + 1L,
                "revindex0",
                (long) (last - index),
                "first",
                index == 0,
                "last",
                index == last,
                "length",
                (long) elements.size(),
                "depth",
                1L,
                "previtem",
                index == 0 ? new Undefined("loop.previtem") : elements.get(index - 1),
                "nextitem",
                index == last ? new Undefined("loop.nextitem") : elements.get(index + 1)));
    }
}
