package dev.attune.trainer.text.jinja;

import dev.attune.trainer.text.jinja.Python.Callable;
import dev.attune.trainer.text.jinja.Python.Undefined;
import dev.attune.trainer.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses expressions, with Jinja2's precedence. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** Everything, {@code a if b else c} included. */
    Expression expression() {
        var line = tokens.peek().line();
        return condition().at(line);
    }

    /** What stands behind {@code in} and {@code if}, where a further {@code if} isn't a part of it. */
    Expression withoutCondition() {
        var line = tokens.peek().line();
        return or().at(line);
    }

    private Expression condition() {
        var value = or();
        while (tokens.skipName("if")) {
            var then = value;
            var test = or();
            Expression otherwise = tokens.skipName("else") ? condition() : scope -> new Undefined("the missing else");
            value = scope -> Python.isTrue(test.evaluate(scope)) ? then.evaluate(scope) : otherwise.evaluate(scope);
        }
        return value;
    }

    private Expression or() {
        var value = and();
        while (tokens.skipName("or")) {
            var left = value;
            var right = and();
            value = scope -> {
                var result = left.evaluate(scope);
                return Python.isTrue(result) ? result : right.evaluate(scope);
            };
        }
        return value;
    }

    private Expression and() {
        var value = not();
        while (tokens.skipName("and")) {
            var left = value;
            var right = not();
            value = scope -> {
                var result = left.evaluate(scope);
                return Python.isTrue(result) ? right.evaluate(scope) : result;
            };
        }
        return value;
    }

    private Expression not() {
        if (tokens.skipName("not")) {
            var value = not();
            return scope -> !Python.isTrue(value.evaluate(scope));
        }
        return comparison();
    }

    private Expression comparison() {
        var left = sum();
        var operator = comparisonOperator();
        if (operator == null) {
            return left;
        }
        var right = sum();
        if (comparisonOperator() != null) {
            throw new TemplateException("chained comparisons aren't supported")
                    .at(tokens.peek().line());
        }
        return scope -> compare(operator, left.evaluate(scope), right.evaluate(scope));
    }

    private String comparisonOperator() {
        var token = tokens.peek();
        if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text()) || tokens.atName("in")) {
            return tokens.next().text();
        }
        if (tokens.atName("not") && tokens.peekSecond().is(Kind.NAME, "in")) {
            tokens.next();
            tokens.next();
            return "not in";
        }
        return null;
    }

    private static boolean compare(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> Python.equal(left, right);
            case "!=" -> !Python.equal(left, right);
            case "in" -> Python.contains(right, left);
            case "not in" -> !Python.contains(right, left);
            case "<" -> Python.compare(left, right) < 0;
            case "<=" -> Python.compare(left, right) <= 0;
            case ">" -> Python.compare(left, right) > 0;
            default -> Python.compare(left, right) >= 0;
        };
    }

    private Expression sum() {
        var value = concatenation();
        while (tokens.at("+") || tokens.at("-")) {
            var operator = tokens.next().text();
            var left = value;
            var right = concatenation();
            value = operator.equals("+")
                    ? scope -> Python.add(left.evaluate(scope), right.evaluate(scope))
                    : scope -> Python.arithmetic(operator, left.evaluate(scope), right.evaluate(scope));
        }
        return value;
    }

    private Expression concatenation() {
        var value = product();
        while (tokens.skip("~")) {
            var left = value;
            var right = product();
            value = scope -> Python.text(left.evaluate(scope)) + Python.text(right.evaluate(scope));
        }
        return value;
    }

    private Expression product() {
        var value = power();
        while (tokens.at("*") || tokens.at("/") || tokens.at("//") || tokens.at("%")) {
            var operator = tokens.next().text();
            var left = value;
            var right = power();
            value = scope -> Python.arithmetic(operator, left.evaluate(scope), right.evaluate(scope));
        }
        return value;
    }

    private Expression power() {
        var value = unary(true);
        while (tokens.skip("**")) {
            var left = value;
            var right = unary(true);
            value = scope -> Python.arithmetic("**", left.evaluate(scope), right.evaluate(scope));
        }
        return value;
    }

    private Expression unary(boolean filtered) {
        Expression value;
        if (tokens.at("-") || tokens.at("+")) {
            var sign = tokens.next().text();
            var operand = unary(false);
            value = scope -> Python.arithmetic(sign, 0L, operand.evaluate(scope));
        } else {
            value = postfix(primary());
        }
        return filtered ? filters(value) : value;
    }

    private Expression primary() {
        var token = tokens.next();
        return switch (token.kind()) {
            case NAME -> name(token.text());
            case STRING -> {
                var text = new StringBuilder(token.text());
                while (tokens.peek().kind() == Kind.STRING) {
                    text.append(tokens.next().text());
                }
                yield constant(text.toString());
            }
            case INTEGER -> constant(Long.parseLong(token.text()));
            case FLOAT -> constant(Double.parseDouble(token.text()));
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> parenthesized();
                    case "[" -> list("]", new ArrayList<>());
                    case "{" -> dict();
                    default ->
                        throw new TemplateException("%s where a value was expected".formatted(token)).at(token.line());
                };
            default -> throw new TemplateException("%s where a value was expected".formatted(token)).at(token.line());
        };
    }

    private static Expression name(String name) {
        return switch (name) {
            case "true", "True" -> constant(true);
            case "false", "False" -> constant(false);
            case "none", "None" -> constant(null);
            default -> scope -> scope.get(name);
        };
    }

    private static Expression constant(Object value) {
        return scope -> value;
    }

    private Expression parenthesized() {
        if (tokens.skip(")")) {
            return constant(List.of());
        }
        var first = expression();
        if (tokens.skip(")")) {
            return first;
        }
        tokens.expect(",");
        var items = new ArrayList<Expression>();
        items.add(first);
        return list(")", items);
    }

    private Expression list(String end, List<Expression> items) {
        while (!tokens.skip(end)) {
            items.add(expression());
            if (!tokens.at(end)) {
                tokens.expect(",");
            }
        }
        return scope -> evaluate(items, scope);
    }

    private Expression dict() {
        var entries = new LinkedHashMap<Expression, Expression>();
        while (!tokens.skip("}")) {
            var key = expression();
            tokens.expect(":");
            entries.put(key, expression());
            if (!tokens.at("}")) {
                tokens.expect(",");
            }
        }
        return scope -> {
            var map = new LinkedHashMap<Object, Object>();
            entries.forEach((key, value) -> map.put(key.evaluate(scope), value.evaluate(scope)));
            return map;
        };
    }

    private Expression postfix(Expression start) {
        var value = start;
        while (true) {
            var object = value;
            if (tokens.skip(".")) {
                var name = tokens.expect(Kind.NAME, "a name").text();
                value = scope -> Python.attribute(object.evaluate(scope), name);
            } else if (tokens.skip("[")) {
                value = subscript(object);
            } else if (tokens.at("(")) {
                value = call(object);
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression object) {
        var first = tokens.at(":") ? constant(null) : expression();
        if (tokens.skip("]")) {
            return scope -> Python.item(object.evaluate(scope), first.evaluate(scope));
        }
        tokens.expect(":");
        var stop = tokens.at("]") || tokens.at(":") ? constant(null) : expression();
        var step = tokens.skip(":") && !tokens.at("]") ? expression() : constant(null);
        tokens.expect("]");
        return scope ->
                Python.slice(object.evaluate(scope), first.evaluate(scope), stop.evaluate(scope), step.evaluate(scope));
    }

    private Expression call(Expression function) {
        var arguments = arguments();
        return scope -> {
            var called = function.evaluate(scope);
            if (!(called instanceof Callable callable)) {
                throw new TemplateException("%s can't be called".formatted(Python.typeName(called)));
            }
            return callable.call(arguments.positional(scope), arguments.named(scope));
        };
    }

    private CallArguments arguments() {
        tokens.expect("(");
        var arguments = new CallArguments(new ArrayList<>(), new LinkedHashMap<>());
        while (!tokens.skip(")")) {
            if (tokens.peek().kind() == Kind.NAME && tokens.peekSecond().is(Kind.OPERATOR, "=")) {
                var name = tokens.next().text();
                tokens.expect("=");
                arguments.byName().put(name, expression());
            } else {
                arguments.byPosition().add(expression());
            }
            if (!tokens.at(")")) {
                tokens.expect(",");
            }
        }
        return arguments;
    }

    private Expression filters(Expression start) {
        var value = start;
        while (true) {
            var operand = value;
            if (tokens.skip("|")) {
                var name = tokens.expect(Kind.NAME, "a filter").text();
                var arguments = tokens.at("(") ? arguments() : CallArguments.NONE;
                value = scope -> Builtins.filter(
                        name, operand.evaluate(scope), arguments.positional(scope), arguments.named(scope));
            } else if (tokens.skipName("is")) {
                value = test(operand);
            } else if (tokens.at("(")) {
                value = call(operand);
            } else {
                return value;
            }
        }
    }

    private Expression test(Expression operand) {
        var negated = tokens.skipName("not");
        var name = tokens.expect(Kind.NAME, "a test").text();
        List<Expression> arguments = List.of();
        if (tokens.at("(")) {
            arguments = arguments().byPosition();
        } else if (startsArgument(tokens.peek())) {
            arguments = List.of(postfix(primary()));
        }
        var given = arguments;
        return scope -> Builtins.test(name, operand.evaluate(scope), evaluate(given, scope)) != negated;
    }

    private static boolean startsArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !Set.of("else", "or", "and", "is", "if", "not", "in").contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
    }

    private static List<Object> evaluate(List<Expression> expressions, Scope scope) {
        var values = new ArrayList<Object>();
        expressions.forEach(expression -> values.add(expression.evaluate(scope)));
        return values;
    }

    private record CallArguments(List<Expression> byPosition, Map<String, Expression> byName) {

        static final CallArguments NONE = new CallArguments(List.of(), Map.of());

        List<Object> positional(Scope scope) {
            return evaluate(byPosition, scope);
        }

        Map<String, Object> named(Scope scope) {
            var values = new LinkedHashMap<String, Object>();
            byName.forEach((name, expression) -> values.put(name, expression.evaluate(scope)));
            return values;
        }
    }
}
