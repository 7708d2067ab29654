package dev.attune.trainer.text.jinja;

import dev.attune.trainer.text.jinja.Python.Callable;
import dev.attune.trainer.text.jinja.Python.Namespace;
import dev.attune.trainer.text.jinja.Python.Undefined;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The functions, filters, tests and methods that a template may use. */
final class Builtins {

    /** Functions by name. */
    static final Map<String, Object> FUNCTIONS = Map.of(
            "raise_exception",
                    (Callable) (positional, named) -> {
                        throw TemplateException.refusal(
                                Arguments.of(positional, named, 1).text(0));
                    },
            "strftime_now",
                    (Callable) (positional, named) -> {
                        throw new TemplateException(
                                "the template writes today's date into every text, so that the same job"
                                        + " would train another model tomorrow; replace strftime_now(...) by a date in quotes");
                    },
            "namespace",
                    (Callable) (positional, named) -> {
                        Arguments.of(positional, Map.of(), 0);
                        return new Namespace(new HashMap<>(named));
                    },
            "range",
                    (Callable) (positional, named) -> {
                        var bounds = Arguments.of(positional, named, 2);
                        return LongStream.range(
                                        bounds.size() == 1 ? 0 : bounds.whole(0), bounds.whole(bounds.size() - 1))
                                .limit(100_000)
                                .boxed()
                                .toList();
                    });

    /** What Python's strings, lists and dicts can do that isn't known here. */
    private static final Map<Class<?>, Set<String>> UNKNOWN_METHODS = Map.of(
            String.class,
            Set.of(
                    "capitalize",
                    "casefold",
                    "center",
                    "count",
                    "encode",
                    "expandtabs",
                    "find",
                    "format",
                    "format_map",
                    "index",
                    "isalnum",
                    "isalpha",
                    "isascii",
                    "isdecimal",
                    "isdigit",
                    "isidentifier",
                    "islower",
                    "isnumeric",
                    "isprintable",
                    "isspace",
                    "istitle",
                    "isupper",
                    "join",
                    "ljust",
                    "maketrans",
                    "partition",
                    "removeprefix",
                    "removesuffix",
                    "rfind",
                    "rindex",
                    "rjust",
                    "rpartition",
                    "rsplit",
                    "splitlines",
                    "swapcase",
                    "title",
                    "translate",
                    "zfill"),
            List.class,
            Set.of("append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort"),
            Map.class,
            Set.of("clear", "copy", "fromkeys", "pop", "popitem", "setdefault", "update"));

    private static final Pattern SPACES = Pattern.compile("[\\t-\\r\\x1c-\\x1f\\x85\\p{Z}]+");

    private Builtins() {}

    /** {@code value | name(...)}. */
    static Object filter(String name, Object value, List<Object> positional, Map<String, Object> named) {
        switch (name) {
            case "default", "d" -> {
                var arguments = Arguments.of(positional, named, 2, "default_value", "boolean");
                var missing =
                        value instanceof Undefined || Python.isTrue(arguments.get(1, false)) && !Python.isTrue(value);
                return missing ? arguments.get(0, "") : value;
            }
            case "trim" -> {
                var characters = Arguments.of(positional, named, 1, "chars").textOrNull(0);
                return Python.strip(Python.text(value), characters, true, true);
            }
            case "join" -> {
                var separator =
                        Python.text(Arguments.of(positional, named, 1, "d").get(0, ""));
                return Python.elements(value).stream().map(Python::text).collect(Collectors.joining(separator));
            }
            case "replace" -> {
                var arguments = Arguments.of(positional, named, 2, "old", "new");
                return Python.text(value).replace(arguments.text(0), arguments.text(1));
            }
            case "selectattr", "rejectattr" -> {
                return withAttribute(value, positional, name.equals("selectattr"));
            }
            default -> {
                var filtered = filter(name, value);
                Arguments.of(positional, named, 0);
                return filtered;
            }
        }
    }

    private static Object filter(String name, Object value) {
        return switch (name) {
            case "length", "count" -> length(value);
            case "upper" -> Python.text(value).toUpperCase(Locale.ROOT);
            case "lower" -> Python.text(value).toLowerCase(Locale.ROOT);
            case "string" -> Python.text(value);
            case "list" -> Python.elements(value);
            case "first" ->
                Python.elements(value).isEmpty()
                        ? new Undefined("the first item")
                        : Python.elements(value).get(0);
            case "last" -> Python.item(Python.elements(value), -1L);
            default -> throw new TemplateException("the filter %s isn't supported".formatted(name));
        };
    }

    private static Object withAttribute(Object value, List<Object> arguments, boolean wanted) {
        if (arguments.isEmpty()
                || arguments.size() > 3
                || Python.text(arguments.get(0)).contains(".")) {
            throw new TemplateException("selectattr and rejectattr want an attribute, a test and its argument");
        }
        var selected = new ArrayList<Object>();
        for (Object element : Python.elements(value)) {
            var attribute = Python.item(element, arguments.get(0));
            var holds = arguments.size() == 1
                    ? Python.isTrue(attribute)
                    : test(Python.text(arguments.get(1)), attribute, arguments.subList(2, arguments.size()));
            if (holds == wanted) {
                selected.add(element);
            }
        }
        return selected;
    }

    /** {@code value is name argument}. */
    static boolean test(String name, Object value, List<Object> arguments) {
        if (Set.of("equalto", "eq", "==").contains(name)) {
            return Python.equal(value, Arguments.of(arguments, Map.of(), 1).get(0, null));
        }
        Arguments.of(arguments, Map.of(), 0);
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map;
            case "sequence", "iterable" ->
                value instanceof String || value instanceof List || value instanceof Map || value instanceof Undefined;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "number" -> Python.isNumber(value);
            default -> throw new TemplateException("the test %s isn't supported".formatted(name));
        };
    }

    /** The method of an object, if it has one of this name. */
    static Optional<Callable> method(Object object, String name) {
        if (name.startsWith("__")) {
            throw new TemplateException("the attribute %s isn't supported".formatted(name));
        }
        UNKNOWN_METHODS.forEach((type, names) -> {
            if (type.isInstance(object) && names.contains(name)) {
                throw new TemplateException(
                        "the method %s of %s isn't supported".formatted(name, Python.typeName(object)));
            }
        });
        var known = object instanceof String text
                ? stringMethod(text, name)
                : object instanceof Map<?, ?> map ? mapMethod(map, name) : null;
        return Optional.ofNullable(known);
    }

    private static Callable stringMethod(String text, String name) {
        return switch (name) {
            case "strip" -> (positional, named) -> strip(text, positional, named, true, true);
            case "lstrip" -> (positional, named) -> strip(text, positional, named, true, false);
            case "rstrip" -> (positional, named) -> strip(text, positional, named, false, true);
            case "startswith" ->
                (positional, named) ->
                        text.startsWith(Arguments.of(positional, named, 1).text(0));
            case "endswith" ->
                (positional, named) ->
                        text.endsWith(Arguments.of(positional, named, 1).text(0));
            case "upper" -> (positional, named) -> filter("upper", text, positional, named);
            case "lower" -> (positional, named) -> filter("lower", text, positional, named);
            case "replace" -> (positional, named) -> filter("replace", text, positional, named);
            case "split" -> (positional, named) -> split(text, Arguments.of(positional, named, 2, "sep", "maxsplit"));
            default -> null;
        };
    }

    private static Callable mapMethod(Map<?, ?> map, String name) {
        return switch (name) {
            case "get" ->
                (positional, named) -> {
                    var arguments = Arguments.of(positional, named, 2);
                    var key = arguments.get(0, null);
                    return map.containsKey(key) ? map.get(key) : arguments.get(1, null);
                };
            case "keys" -> (positional, named) -> List.copyOf(map.keySet());
            case "values" -> (positional, named) -> new ArrayList<Object>(map.values());
            case "items" ->
                (positional, named) -> map.entrySet().stream()
                        .map(entry -> Arrays.asList(entry.getKey(), entry.getValue()))
                        .toList();
            default -> null;
        };
    }

    private static String strip(
            String text, List<Object> positional, Map<String, Object> named, boolean left, boolean right) {
        return Python.strip(text, Arguments.of(positional, named, 1).textOrNull(0), left, right);
    }

    private static List<String> split(String text, Arguments arguments) {
        var separator = arguments.get(0, null);
        if (arguments.size() == 2 && arguments.whole(1) < 0) {
            throw new TemplateException("split wants a limit of 0 or more");
        }
        var limit = arguments.size() == 2 ? (int) arguments.whole(1) + 1 : -1;
        if (separator != null) {
            return List.of(text.split(Pattern.quote(Python.text(separator)), limit));
        }
        var words = Python.strip(text, null, true, limit < 0);
        return words.isEmpty() ? List.of() : List.of(SPACES.split(words, limit));
    }

    private static Object length(Object value) {
        return value instanceof String text
                ? (long) text.codePointCount(0, text.length())
                : (long) Python.elements(value).size();
    }
}
