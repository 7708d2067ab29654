package dev.attune.trainer.text.jinja;

import dev.attune.trainer.text.jinja.Python.Callable;
import dev.attune.trainer.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses what operators stand between: literals and names, with their attributes, items, calls, filters and tests. */
final class OperandParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** Without the filters and tests that follow it. */
    Expression operand() {
        return postfix(primary());
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
        var first = expressions.expression();
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
            items.add(expressions.expression());
            if (!tokens.at(end)) {
                tokens.expect(",");
            }
        }
        return scope -> evaluate(items, scope);
    }

    private Expression dict() {
        var entries = new LinkedHashMap<Expression, Expression>();
        while (!tokens.skip("}")) {
            var key = expressions.expression();
            tokens.expect(":");
            entries.put(key, expressions.expression());
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
        var first = tokens.at(":") ? constant(null) : expressions.expression();
        if (tokens.skip("]")) {
            return scope -> Python.item(object.evaluate(scope), first.evaluate(scope));
        }
        tokens.expect(":");
        var stop = tokens.at("]") || tokens.at(":") ? constant(null) : expressions.expression();
        var step = tokens.skip(":") && !tokens.at("]") ? expressions.expression() : constant(null);
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
                arguments.byName().put(name, expressions.expression());
            } else {
                arguments.byPosition().add(expressions.expression());
            }
            if (!tokens.at(")")) {
                tokens.expect(",");
            }
        }
        return arguments;
    }

    /** With the filters, tests and calls that follow it. */
    Expression filtered(Expression start) {
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
            arguments = List.of(operand());
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
