package dev.attune.trainer.text.jinja;

import dev.attune.trainer.text.jinja.Python.Undefined;
import dev.attune.trainer.text.jinja.Token.Kind;
import java.util.Set;

/** Parses operators, with Jinja2's precedence, around what {@link OperandParser} parses. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
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
            value = operands.operand();
        }
        return filtered ? operands.filtered(value) : value;
    }
}
