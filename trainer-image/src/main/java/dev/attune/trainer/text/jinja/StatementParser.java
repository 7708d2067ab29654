package dev.attune.trainer.text.jinja;

import dev.attune.trainer.text.jinja.Python.Callable;
import dev.attune.trainer.text.jinja.Python.Namespace;
import dev.attune.trainer.text.jinja.Python.Undefined;
import dev.attune.trainer.text.jinja.Statement.Flow;
import dev.attune.trainer.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** Parses text and tags. */
final class StatementParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    StatementParser(List<Token> tokens) {
        this.tokens = new TokenStream(tokens);
        this.expressions = new ExpressionParser(this.tokens);
    }

    /** All of it. */
    Statement template() {
        var body = body(Set.of());
        if (tokens.peek().kind() != Kind.END) {
            throw tokens.unexpected("text or a tag");
        }
        return body;
    }

    /** Up to a tag that ends it, of which it leaves the name to be read. */
    private Statement body(Set<String> ends) {
        var statements = new ArrayList<Statement>();
        while (true) {
            var token = tokens.next();
            switch (token.kind()) {
                case TEXT -> statements.add(text(token.text()));
                case PRINT_BEGIN -> statements.add(print());
                case STATEMENT_BEGIN -> {
                    if (ends.contains(tokens.peek().text())) {
                        return sequence(statements);
                    }
                    statements.add(tag());
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw new TemplateException(
                                        "%s where %s was expected".formatted(token, String.join(" or ", ends)))
                                .at(token.line());
                    }
                    return sequence(statements);
                }
            }
        }
    }

    private static Statement text(String text) {
        return (scope, output) -> {
            output.text().append(text);
            return Flow.NEXT;
        };
    }

    private Statement print() {
        var line = tokens.peek().line();
        var value = expressions.expression();
        tokens.expect(Kind.PRINT_END, "}}");
        Expression text = scope -> Python.text(value.evaluate(scope));
        var located = text.at(line);
        return (scope, output) -> {
            output.text().append(located.evaluate(scope));
            return Flow.NEXT;
        };
    }

    private static Statement sequence(List<Statement> statements) {
        return (scope, output) -> {
            for (var statement : statements) {
                var flow = statement.execute(scope, output);
                if (flow != Flow.NEXT) {
                    return flow;
                }
            }
            return Flow.NEXT;
        };
    }

    private Statement tag() {
        var name = tokens.expect(Kind.NAME, "a tag's name");
        return switch (name.text()) {
            case "if" -> condition();
            case "for" -> loop();
            case "set" -> assignment();
            case "macro" -> macro();
            case "generation" -> generation();
            case "break" -> flow(Flow.BREAK);
            case "continue" -> flow(Flow.CONTINUE);
            default -> throw new TemplateException("the tag %s isn't supported".formatted(name.text())).at(name.line());
        };
    }

    private void endTag() {
        tokens.expect(Kind.STATEMENT_END, "%}");
    }

    private Statement flow(Flow flow) {
        endTag();
        return (scope, output) -> flow;
    }

    private Statement condition() {
        var test = expressions.withoutCondition();
        endTag();
        var then = body(Set.of("elif", "else", "endif"));
        Statement otherwise;
        if (tokens.skipName("elif")) {
            otherwise = condition();
        } else if (tokens.skipName("else")) {
            endTag();
            otherwise = body(Set.of("endif"));
            tokens.next();
            endTag();
        } else {
            tokens.next();
            endTag();
            otherwise = sequence(List.of());
        }
        return (scope, output) -> (Python.isTrue(test.evaluate(scope)) ? then : otherwise).execute(scope, output);
    }

    private Statement loop() {
        var line = tokens.peek().line();
        var targets = new ArrayList<String>();
        do {
            targets.add(tokens.expect(Kind.NAME, "a name").text());
        } while (tokens.skip(","));
        tokens.expectName("in");
        var elements = expressions.withoutCondition();
        Expression filter = tokens.skipName("if") ? expressions.expression() : scope -> true;
        endTag();
        var body = body(Set.of("else", "endfor"));
        var otherwise = sequence(List.of());
        if (tokens.skipName("else")) {
            endTag();
            otherwise = body(Set.of("endfor"));
        }
        tokens.next();
        endTag();
        Expression iterated = scope -> Python.elements(elements.evaluate(scope));
        return new Loop(targets, iterated.at(line), filter, body, otherwise);
    }

    private Statement assignment() {
        var target = tokens.expect(Kind.NAME, "a name");
        var attribute = tokens.skip(".") ? tokens.expect(Kind.NAME, "a name").text() : null;
        Expression value;
        if (tokens.skip("=")) {
            value = expressions.expression();
            endTag();
        } else {
            endTag();
            value = captured(body(Set.of("endset")));
            tokens.next();
            endTag();
        }
        Expression assigned = scope -> assign(scope, target.text(), attribute, value.evaluate(scope));
        var located = assigned.at(target.line());
        return (scope, output) -> {
            located.evaluate(scope);
            return Flow.NEXT;
        };
    }

    private static Object assign(Scope scope, String target, String attribute, Object value) {
        if (attribute == null) {
            scope.set(target, value);
        } else if (scope.get(target) instanceof Namespace namespace) {
            namespace.attributes().put(attribute, value);
        } else {
            throw new TemplateException(
                    "%s is no namespace, so that %s.%s can't be set".formatted(target, target, attribute));
        }
        return value;
    }

    private Statement macro() {
        var name = tokens.expect(Kind.NAME, "a name").text();
        var parameters = new LinkedHashMap<String, Expression>();
        tokens.expect("(");
        while (!tokens.skip(")")) {
            var parameter = tokens.expect(Kind.NAME, "a name").text();
            parameters.put(parameter, tokens.skip("=") ? expressions.expression() : scope -> new Undefined(parameter));
            if (!tokens.at(")")) {
                tokens.expect(",");
            }
        }
        endTag();
        var body = captured(body(Set.of("endmacro")));
        tokens.next();
        endTag();
        var names = parameters.keySet().toArray(String[]::new);
        return (scope, output) -> {
            scope.set(name, (Callable) (positional, named) -> {
                var arguments = new LinkedHashMap<String, Object>();
                for (var i = 0; i < Math.min(names.length, positional.size()); i++) {
                    arguments.put(names[i], positional.get(i));
                }
                arguments.putAll(named);
                if (positional.size() > names.length || !parameters.keySet().containsAll(named.keySet())) {
                    throw new TemplateException("the macro %s has no such parameters".formatted(name));
                }
                var inside = scope.nested();
                parameters.forEach((parameter, absent) -> inside.set(
                        parameter,
                        arguments.containsKey(parameter) ? arguments.get(parameter) : absent.evaluate(inside)));
                return body.evaluate(inside);
            });
            return Flow.NEXT;
        };
    }

    private static Expression captured(Statement body) {
        return scope -> {
            var output = Output.captured();
            body.execute(scope, output);
            return output.text().toString();
        };
    }

    private Statement generation() {
        var line = tokens.peek().line();
        endTag();
        var body = body(Set.of("endgeneration"));
        tokens.next();
        endTag();
        return (scope, output) -> {
            if (output.generated() == null) {
                throw new TemplateException("generation inside of a macro or set isn't supported").at(line);
            }
            var start = output.text().length();
            body.execute(scope.nested(), output);
            output.generated().add(new Span(start, output.text().length()));
            return Flow.NEXT;
        };
    }
}
