package dev.attune.trainer.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The arguments of a call, by position. */
record Arguments(List<Object> values) {

    /**
     * Puts named arguments behind those given by position.
     *
     * @param most how many there may be
     * @param names of the parameters, in order, as far as they may be named
     */
    static Arguments of(List<Object> positional, Map<String, Object> named, int most, String... names) {
        var values = new ArrayList<>(positional);
        var left = named.size();
        for (var i = positional.size(); i < names.length && named.containsKey(names[i]); i++) {
            values.add(named.get(names[i]));
            left--;
        }
        if (left > 0 || values.size() > most) {
            throw new TemplateException("these arguments aren't supported: %d by position, %s by name"
                    .formatted(positional.size(), named.keySet()));
        }
        return new Arguments(values);
    }

    int size() {
        return values.size();
    }

    Object get(int index, Object absent) {
        return index < values.size() ? values.get(index) : absent;
    }

    String text(int index) {
        if (get(index, null) instanceof String text) {
            return text;
        }
        throw new TemplateException("argument %d must be a string".formatted(index + 1));
    }

    String textOrNull(int index) {
        return get(index, null) == null ? null : text(index);
    }

    long whole(int index) {
        if (get(index, null) instanceof Long number) {
            return number;
        }
        throw new TemplateException("argument %d must be a whole number".formatted(index + 1));
    }
}
