package dev.attune.cel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What an expression consists of. */
sealed interface Node {

    /** The value of each variable, by name. */
    interface Variables {
        Object get(String name);

        default Variables with(String variable, Object value) {
            return name -> name.equals(variable) ? value : get(name);
        }
    }

    Object value(Variables variables);

    /** What it is made of. */
    default Stream<Node> parts() {
        return Stream.empty();
    }

    default boolean reads(String variable) {
        return parts().anyMatch(part -> part.reads(variable));
    }

    /** {@code 'text'}, {@code 8}, {@code true}. */
    record Literal(Object value) implements Node {
        @Override
        public Object value(Variables variables) {
            return value;
        }
    }

    /** {@code self}. */
    record Variable(String name) implements Node {
        @Override
        public Object value(Variables variables) {
            return variables.get(name);
        }

        @Override
        public boolean reads(String variable) {
            return name.equals(variable);
        }
    }

    /** {@code [a, b]}. */
    record ListOf(List<Node> items) implements Node {
        @Override
        public Object value(Variables variables) {
            return items.stream().map(item -> item.value(variables)).toList();
        }

        @Override
        public Stream<Node> parts() {
            return items.stream();
        }
    }

    /** {@code {'key': value}}. */
    record MapOf(List<Node> keys, List<Node> values) implements Node {
        @Override
        public Object value(Variables variables) {
            var map = new LinkedHashMap<Object, Object>();
            for (var i = 0; i < keys.size(); i++) {
                map.put(keys.get(i).value(variables), values.get(i).value(variables));
            }
            return map;
        }

        @Override
        public Stream<Node> parts() {
            return Stream.concat(keys.stream(), values.stream());
        }
    }

    /** {@code of.field}. */
    record Select(Node of, String field) implements Node {
        @Override
        public Object value(Variables variables) {
            var fields = fields(variables);
            if (!fields.containsKey(field)) {
                throw new CelException("no such key: " + field);
            }
            return fields.get(field);
        }

        Map<?, ?> fields(Variables variables) {
            if (of.value(variables) instanceof Map<?, ?> map) {
                return map;
            }
            throw new CelException("no such overload: ." + field + " of what has no fields");
        }

        @Override
        public Stream<Node> parts() {
            return Stream.of(of);
        }
    }

    /** {@code has(of.field)}. */
    record Has(Select select) implements Node {
        @Override
        public Object value(Variables variables) {
            return select.fields(variables).containsKey(select.field());
        }

        @Override
        public Stream<Node> parts() {
            return Stream.of(select);
        }
    }

    /** An operator or a function on its arguments; a method's receiver is its first. */
    record Call(String function, List<Node> arguments) implements Node {
        @Override
        public Object value(Variables variables) {
            return Functions.apply(
                    function,
                    arguments.stream()
                            .map(argument -> argument.value(variables))
                            .toArray());
        }

        @Override
        public Stream<Node> parts() {
            return arguments.stream();
        }
    }

    /** {@code a || b} where {@code decisive} is true, {@code a && b} where it is false; a side that decides outweighs one that fails. */
    record Junction(boolean decisive, Node left, Node right) implements Node {
        @Override
        public Object value(Variables variables) {
            return decide(decisive, List.of(left, right), node -> node.value(variables));
        }

        @Override
        public Stream<Node> parts() {
            return Stream.of(left, right);
        }

        /** Whether one of {@code items} is {@code decisive}, as a value of the junction. */
        static <T> boolean decide(boolean decisive, Collection<T> items, Function<T, Object> truth) {
            CelException failure = null;
            for (var item : items) {
                try {
                    if (truth(truth.apply(item)) == decisive) {
                        return decisive;
                    }
                } catch (CelException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                throw failure;
            }
            return !decisive;
        }
    }

    /** {@code test ? then : otherwise}. */
    record Choice(Node test, Node then, Node otherwise) implements Node {
        @Override
        public Object value(Variables variables) {
            return (truth(test.value(variables)) ? then : otherwise).value(variables);
        }

        @Override
        public Stream<Node> parts() {
            return Stream.of(test, then, otherwise);
        }
    }

    /** {@code range.all(variable, body)} and its like. */
    record Each(Macro macro, Node range, String variable, Node body) implements Node {

        enum Macro {
            all,
            exists,
            exists_one,
            filter,
            map
        }

        @Override
        public Object value(Variables variables) {
            var items = items(range.value(variables));
            UnaryOperator<Object> each = item -> body.value(variables.with(variable, item));
            Predicate<Object> test = item -> truth(each.apply(item));
            return switch (macro) {
                case all -> Junction.decide(false, items, each);
                case exists -> Junction.decide(true, items, each);
                case exists_one -> items.stream().filter(test).count() == 1;
                case filter -> items.stream().filter(test).toList();
                case map -> items.stream().map(each).toList();
            };
        }

        private static Collection<Object> items(Object range) {
            if (range instanceof Collection<?> list) {
                return new ArrayList<>(list);
            }
            if (range instanceof Map<?, ?> map) {
                return new ArrayList<>(map.keySet());
            }
            throw new CelException("no such overload: only lists and maps can be gone through");
        }

        @Override
        public boolean reads(String name) {
            return range.reads(name) || !variable.equals(name) && body.reads(name);
        }
    }

    private static boolean truth(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw new CelException("no such overload: a condition must be true or false, not " + value);
    }
}
