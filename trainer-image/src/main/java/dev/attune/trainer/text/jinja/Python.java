package dev.attune.trainer.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** What Python makes of values, where a template sees it. */
final class Python {

    private Python() {}

    /** What a name, an attribute or an item that isn't there stands for: no text, false, empty. */
    record Undefined(String name) {}

    /** What {@code namespace(...)} gives: attributes that {@code set} can change from inside a loop. */
    record Namespace(Map<String, Object> attributes) {}

    /** What can be called. */
    @FunctionalInterface
    interface Callable {
        Object call(List<Object> positional, Map<String, Object> named);
    }

    static boolean isTrue(Object value) {
        if (value == null || value instanceof Undefined) {
            return false;
        }
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        return !(value instanceof Map<?, ?> map) || !map.isEmpty();
    }

    /** The text of a value where it's printed or joined to text. */
    static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Undefined) {
            return "";
        }
        if (value instanceof Long) {
            return value.toString();
        }
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        throw new TemplateException("%s can't be printed".formatted(typeName(value)));
    }

    static boolean equal(Object a, Object b) {
        if (isNumber(a) && isNumber(b)) {
            return number(a).doubleValue() == number(b).doubleValue();
        }
        if (a instanceof List<?> as && b instanceof List<?> bs) {
            return as.size() == bs.size() && IntStream.range(0, as.size()).allMatch(i -> equal(as.get(i), bs.get(i)));
        }
        return a instanceof Undefined && b instanceof Undefined || Objects.equals(a, b);
    }

    /** Negative, zero or positive as {@code a} is below, equal to or above {@code b}. */
    static int compare(Object a, Object b) {
        if (isNumber(a) && isNumber(b)) {
            return Double.compare(number(a).doubleValue(), number(b).doubleValue());
        }
        throw new TemplateException("%s can't be compared with %s".formatted(typeName(a), typeName(b)));
    }

    static boolean contains(Object container, Object item) {
        if (container instanceof String text && item instanceof String part) {
            return text.contains(part);
        }
        if (container instanceof List<?> list) {
            return list.stream().anyMatch(element -> equal(element, item));
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(item);
        }
        if (container instanceof Undefined) {
            return false;
        }
        throw new TemplateException("%s can't be in %s".formatted(typeName(item), typeName(container)));
    }

    static Object add(Object a, Object b) {
        if (a instanceof String left && b instanceof String right) {
            return left + right;
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            var joined = new ArrayList<Object>(left);
            joined.addAll(right);
            return joined;
        }
        return arithmetic("+", a, b);
    }

    /** {@code - * // %} of whole numbers, with Python's rounding towards minus infinity. */
    static Object arithmetic(String operator, Object a, Object b) {
        if (!(isNumber(a) && isNumber(b) && number(a) instanceof Long left && number(b) instanceof Long right)) {
            throw new TemplateException("%s %s %s can't be computed".formatted(typeName(a), operator, typeName(b)));
        }
        try {
            return switch (operator) {
                case "+" -> Math.addExact(left, right);
                case "-" -> Math.subtractExact(left, right);
                case "*" -> Math.multiplyExact(left, right);
                case "//" -> Math.floorDiv(left, right);
                case "%" -> Math.floorMod(left, right);
                default -> throw new TemplateException("the operator %s isn't supported".formatted(operator));
            };
        } catch (ArithmeticException e) {
            throw new TemplateException("%d %s %d can't be computed".formatted(left, operator, right));
        }
    }

    /** What {@code for} goes over. */
    static List<?> elements(Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        if (value instanceof Map<?, ?> map) {
            return List.copyOf(map.keySet());
        }
        if (value instanceof String text) {
            return text.codePoints().mapToObj(Character::toString).toList();
        }
        if (value instanceof Undefined) {
            return List.of();
        }
        throw new TemplateException("%s can't be gone over".formatted(typeName(value)));
    }

    /** {@code object[key]}. */
    static Object item(Object object, Object key) {
        refuseUndefined(object, text(key));
        if (object instanceof Map<?, ?> map && map.containsKey(key)) {
            return map.get(key);
        }
        if (isNumber(key) && (object instanceof List<?> || object instanceof String)) {
            var elements = elements(object);
            var index = number(key).intValue();
            var fromStart = index < 0 ? index + elements.size() : index;
            return fromStart >= 0 && fromStart < elements.size()
                    ? elements.get(fromStart)
                    : new Undefined("item " + index);
        }
        return key instanceof String name ? attributeOrUndefined(object, name) : new Undefined(text(key));
    }

    /** {@code object.name}. */
    static Object attribute(Object object, String name) {
        refuseUndefined(object, name);
        var attribute = attributeOrUndefined(object, name);
        return attribute instanceof Undefined && object instanceof Map<?, ?> map && map.containsKey(name)
                ? map.get(name)
                : attribute;
    }

    private static Object attributeOrUndefined(Object object, String name) {
        if (object instanceof Namespace namespace) {
            return namespace.attributes().containsKey(name)
                    ? namespace.attributes().get(name)
                    : new Undefined(name);
        }
        return Builtins.method(object, name).<Object>map(method -> method).orElse(new Undefined(name));
    }

    /** {@code object[start:stop:step]}; a bound that isn't given is null. */
    static Object slice(Object object, Object start, Object stop, Object step) {
        if (!(object instanceof String || object instanceof List<?>)) {
            throw new TemplateException("%s can't be sliced".formatted(typeName(object)));
        }
        var elements = elements(object);
        var size = elements.size();
        var stride = step == null ? 1 : number(step).intValue();
        if (stride == 0) {
            throw new TemplateException("a slice can't have the step 0");
        }
        var lowest = stride > 0 ? 0 : -1;
        var highest = stride > 0 ? size : size - 1;
        var from = start == null ? (stride > 0 ? lowest : highest) : bound(start, size, lowest, highest);
        var to = stop == null ? (stride > 0 ? highest : lowest) : bound(stop, size, lowest, highest);
        var slice = new ArrayList<Object>();
        for (var i = from; stride > 0 ? i < to : i > to; i += stride) {
            slice.add(elements.get(i));
        }
        return object instanceof String
                ? String.join("", slice.stream().map(String.class::cast).toList())
                : slice;
    }

    private static int bound(Object bound, int size, int lowest, int highest) {
        var index = number(bound).intValue();
        return Math.max(lowest, Math.min(highest, index < 0 ? index + size : index));
    }

    static boolean isNumber(Object value) {
        return value instanceof Number || value instanceof Boolean;
    }

    static Number number(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? 1L : 0L;
        }
        if (value instanceof Number number) {
            return number;
        }
        throw new TemplateException("%s is no number".formatted(typeName(value)));
    }

    /** The text without the characters at its ends that are among {@code characters}; null stands for blanks. */
    static String strip(String text, String characters, boolean left, boolean right) {
        IntPredicate stripped = characters == null ? Python::isSpace : c -> characters.indexOf(c) >= 0;
        var start = 0;
        var end = text.length();
        while (left && start < end && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    /** Python's {@code str.isspace}, which isn't Java's. */
    static boolean isSpace(int codePoint) {
        return codePoint >= '\t' && codePoint <= '\r'
                || codePoint >= 0x1c && codePoint <= 0x1f
                || codePoint == 0x85
                || Character.isSpaceChar(codePoint);
    }

    static String typeName(Object value) {
        if (value instanceof Undefined undefined) {
            return "%s, which is undefined,".formatted(undefined.name());
        }
        if (value == null) {
            return "none";
        }
        if (value instanceof String) {
            return "a string";
        }
        if (value instanceof Boolean) {
            return "a boolean";
        }
        if (value instanceof Number) {
            return value instanceof Long ? "a whole number" : "a number with a fraction";
        }
        if (value instanceof List<?>) {
            return "a list";
        }
        return value instanceof Map<?, ?> ? "a dict" : value instanceof Namespace ? "a namespace" : "a function";
    }

    private static void refuseUndefined(Object object, String name) {
        if (object instanceof Undefined undefined) {
            throw new TemplateException("%s is undefined and so has no %s".formatted(undefined.name(), name));
        }
    }
}
