package dev.attune.cel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.Stream;

/**
 * Operators ({@code _<_}, with a place for each operand) and functions, whether written {@code f(a, b)} or {@code a.f(b)}.
 * Each takes the types that CEL says and refuses others.
 */
final class Functions {

    private static final Map<String, Integer> ARITY = Map.ofEntries(
            Map.entry("_==_", 2),
            Map.entry("_!=_", 2),
            Map.entry("_<_", 2),
            Map.entry("_<=_", 2),
            Map.entry("_>_", 2),
            Map.entry("_>=_", 2),
            Map.entry("_in_", 2),
            Map.entry("_+_", 2),
            Map.entry("_-_", 2),
            Map.entry("_*_", 2),
            Map.entry("_/_", 2),
            Map.entry("_%_", 2),
            Map.entry("_[_]", 2),
            Map.entry("!_", 1),
            Map.entry("-_", 1),
            Map.entry("size", 1),
            Map.entry("matches", 2),
            Map.entry("startsWith", 2),
            Map.entry("endsWith", 2),
            Map.entry("contains", 2),
            Map.entry("int", 1),
            Map.entry("double", 1),
            Map.entry("string", 1));

    private Functions() {}

    /** Whether there is such a function of so many arguments. */
    static boolean has(String function, int arguments) {
        return Objects.equals(ARITY.get(function), arguments);
    }

    /** The value of a function that there is. */
    static Object apply(String function, Object... a) {
        return switch (function) {
            case "_==_" -> equal(a[0], a[1]);
            case "_!=_" -> !equal(a[0], a[1]);
            case "_<_" -> compare(function, a) < 0;
            case "_<=_" -> compare(function, a) <= 0;
            case "_>_" -> compare(function, a) > 0;
            case "_>=_" -> compare(function, a) >= 0;
            case "_in_" -> isIn(a[0], a[1]);
            case "_+_" -> plus(a);
            case "_-_" -> arithmetic(function, a, Math::subtractExact, (x, y) -> x - y);
            case "_*_" -> arithmetic(function, a, Math::multiplyExact, (x, y) -> x * y);
            case "_/_" -> arithmetic(function, a, Functions::quotient, (x, y) -> x / y);
            case "_%_" -> arithmetic(function, a, (x, y) -> x % y, null);
            case "-_" ->
                arithmetic(
                        function,
                        new Object[] {a[0] instanceof Long ? (Object) 0L : (Object) (-0.0), a[0]},
                        Math::subtractExact,
                        (x, y) -> x - y);
            case "!_" -> !as(Boolean.class, function, a[0]);
            case "_[_]" -> at(a[0], a[1]);
            case "size" -> size(a[0]);
            case "matches" -> matches(as(String.class, function, a[0]), as(String.class, function, a[1]));
            case "startsWith" -> as(String.class, function, a[0]).startsWith(as(String.class, function, a[1]));
            case "endsWith" -> as(String.class, function, a[0]).endsWith(as(String.class, function, a[1]));
            case "contains" -> as(String.class, function, a[0]).contains(as(String.class, function, a[1]));
            case "int" -> toInt(a[0]);
            case "double" -> as(Number.class, function, a[0]).doubleValue();
            case "string" ->
                a[0] instanceof Boolean || a[0] instanceof Long ? a[0].toString() : as(String.class, function, a[0]);
            default -> throw new CelException("undeclared reference to '%s'".formatted(function));
        };
    }

    private static <T> T as(Class<T> type, String function, Object value) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw misfit(function, value);
    }

    private static List<?> list(String function, Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw misfit(function, value);
    }

    private static CelException misfit(String function, Object... values) {
        return new CelException("no such overload: %s of %s"
                .formatted(function, Stream.of(values).map(Functions::type).toList()));
    }

    private static String type(Object value) {
        return value == null
                ? "null"
                : value instanceof Map
                        ? "map"
                        : value instanceof List ? "list" : value.getClass().getSimpleName();
    }

    /** Numbers are equal across types; lists and maps by what they hold. */
    private static boolean equal(Object a, Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return order(x, y) == 0 && !x.equals(Double.NaN);
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            if (x.size() != y.size()) {
                return false;
            }
            for (var i = 0; i < x.size(); i++) {
                if (!equal(x.get(i), y.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.keySet().equals(y.keySet())
                    && x.entrySet().stream().allMatch(e -> equal(e.getValue(), y.get(e.getKey())));
        }
        return Objects.equals(a, b);
    }

    private static int compare(String function, Object... a) {
        if (a[0] instanceof Number x && a[1] instanceof Number y) {
            return order(x, y);
        }
        if (a[0] instanceof String x && a[1] instanceof String y) {
            return x.compareTo(y);
        }
        if (a[0] instanceof Boolean x && a[1] instanceof Boolean y) {
            return x.compareTo(y);
        }
        throw misfit(function, a);
    }

    private static int order(Number x, Number y) {
        return x instanceof Long a && y instanceof Long b
                ? Long.compare(a, b)
                : Double.compare(x.doubleValue(), y.doubleValue());
    }

    private static boolean isIn(Object item, Object range) {
        if (range instanceof Map<?, ?> map) {
            return map.containsKey(item);
        }
        return list("_in_", range).stream().anyMatch(other -> equal(item, other));
    }

    private static Object plus(Object... a) {
        if (a[0] instanceof String x && a[1] instanceof String y) {
            return x + y;
        }
        if (a[0] instanceof List<?> x && a[1] instanceof List<?> y) {
            return Stream.concat(x.stream(), y.stream()).toList();
        }
        return arithmetic("_+_", a, Math::addExact, Double::sum);
    }

    private static Object arithmetic(
            String function, Object[] a, LongBinaryOperator ints, DoubleBinaryOperator doubles) {
        if (a[0] instanceof Long x && a[1] instanceof Long y) {
            try {
                return ints.applyAsLong(x, y);
            } catch (ArithmeticException e) {
                throw new CelException("%s: %s".formatted(function, e.getMessage()));
            }
        }
        if (doubles != null && a[0] instanceof Double x && a[1] instanceof Double y) {
            return doubles.applyAsDouble(x, y);
        }
        throw misfit(function, a);
    }

    private static long quotient(long x, long y) {
        if (x == Long.MIN_VALUE && y == -1) {
            throw new ArithmeticException("long overflow");
        }
        return x / y;
    }

    private static Object at(Object of, Object key) {
        if (of instanceof Map<?, ?> map) {
            if (!map.containsKey(key)) {
                throw new CelException("no such key: " + key);
            }
            return map.get(key);
        }
        var list = list("_[_]", of);
        var index = as(Long.class, "_[_]", key);
        if (index < 0 || index >= list.size()) {
            throw new CelException("index out of bounds: " + index);
        }
        return list.get(index.intValue());
    }

    private static long size(Object of) {
        if (of instanceof String text) {
            return text.codePointCount(0, text.length());
        }
        return of instanceof Map<?, ?> map ? map.size() : list("size", of).size();
    }

    private static boolean matches(String text, String pattern) {
        try {
            return Pattern.compile(pattern).matcher(text).find();
        } catch (PatternSyntaxException e) {
            throw new CelException(e.getMessage());
        }
    }

    private static long toInt(Object value) {
        if (value instanceof Double number) {
            if (!(Math.abs(number) < 0x1p63)) {
                throw new CelException("int: %s is out of range".formatted(number));
            }
            return number.longValue();
        }
        return as(Long.class, "int", value);
    }
}
