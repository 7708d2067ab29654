package dev.attune.cel;

import dev.attune.cel.Node.Call;
import dev.attune.cel.Node.Choice;
import dev.attune.cel.Node.Each;
import dev.attune.cel.Node.Has;
import dev.attune.cel.Node.Junction;
import dev.attune.cel.Node.ListOf;
import dev.attune.cel.Node.Literal;
import dev.attune.cel.Node.MapOf;
import dev.attune.cel.Node.Select;
import dev.attune.cel.Node.Variable;
import dev.attune.cel.Tokens.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** CEL's grammar, a method a level of precedence. */
final class Parser {

    private static final List<Set<String>> BINARY =
            List.of(Set.of("==", "!=", "<", "<=", ">", ">=", "in"), Set.of("+", "-"), Set.of("*", "/", "%"));

    private final Tokens tokens;

    Parser(String text) {
        this.tokens = new Tokens(text);
    }

    Node expression() {
        var expression = choice();
        if (tokens.peek().kind() != Kind.END) {
            throw tokens.failure(
                    tokens.peek().at(), "unexpected " + tokens.peek().text());
        }
        return expression;
    }

    private Node choice() {
        var test = or();
        if (!tokens.took("?")) {
            return test;
        }
        var then = or();
        tokens.expect(":");
        return new Choice(test, then, choice());
    }

    private Node or() {
        var left = and();
        while (tokens.took("||")) {
            left = new Junction(true, left, and());
        }
        return left;
    }

    private Node and() {
        var left = binary(0);
        while (tokens.took("&&")) {
            left = new Junction(false, left, binary(0));
        }
        return left;
    }

    private Node binary(int level) {
        if (level == BINARY.size()) {
            return unary();
        }
        var left = binary(level + 1);
        while (tokens.peek().kind() != Kind.STRING
                && BINARY.get(level).contains(tokens.peek().text())) {
            var operator = tokens.take().text();
            left = new Call("_" + operator + "_", List.of(left, binary(level + 1)));
        }
        return left;
    }

    private Node unary() {
        if (tokens.took("!")) {
            return new Call("!_", List.of(unary()));
        }
        if (tokens.took("-")) {
            return new Call("-_", List.of(unary()));
        }
        return member();
    }

    private Node member() {
        var node = primary();
        while (true) {
            if (tokens.took(".")) {
                var at = tokens.peek().at();
                var name = name();
                node = tokens.took("(") ? method(at, node, name) : new Select(node, name);
            } else if (tokens.took("[")) {
                node = new Call("_[_]", List.of(node, choice()));
                tokens.expect("]");
            } else {
                return node;
            }
        }
    }

    private Node method(int at, Node receiver, String name) {
        var macro = Stream.of(Each.Macro.values())
                .filter(each -> each.name().equals(name))
                .findAny();
        if (macro.isEmpty()) {
            return call(
                    at,
                    name,
                    Stream.concat(Stream.of(receiver), listUntil(")").stream()).toList());
        }
        var variable = name();
        tokens.expect(",");
        var body = choice();
        tokens.expect(")");
        return new Each(macro.get(), receiver, variable, body);
    }

    private Node call(int at, String function, List<Node> arguments) {
        if (!Functions.has(function, arguments.size())) {
            throw tokens.failure(
                    at, "no function %s of %d arguments is known here".formatted(function, arguments.size()));
        }
        return new Call(function, arguments);
    }

    private Node primary() {
        var token = tokens.take();
        return switch (token.kind()) {
            case INT -> new Literal(Long.decode(token.text()));
            case DOUBLE -> new Literal(Double.valueOf(token.text()));
            case STRING -> new Literal(token.text());
            case NAME -> named(token.at(), token.text());
            case SYMBOL -> enclosed(token);
            case END -> throw tokens.failure(token.at(), "the expression ends too early");
        };
    }

    private Node named(int at, String name) {
        switch (name) {
            case "true", "false":
                return new Literal(Boolean.valueOf(name));
            case "null":
                return new Literal(null);
            default:
                if (!tokens.took("(")) {
                    return new Variable(name);
                }
                return name.equals("has") ? has(at) : call(at, name, listUntil(")"));
        }
    }

    private Node has(int at) {
        var argument = choice();
        tokens.expect(")");
        if (argument instanceof Select select) {
            return new Has(select);
        }
        throw tokens.failure(at, "has() takes a field, as in has(self.name)");
    }

    private Node enclosed(Tokens.Token token) {
        switch (token.text()) {
            case "(":
                var inner = choice();
                tokens.expect(")");
                return inner;
            case "[":
                return new ListOf(listUntil("]"));
            case "{":
                return map();
            default:
                throw tokens.failure(token.at(), "unexpected " + token.text());
        }
    }

    private Node map() {
        var keys = new ArrayList<Node>();
        var values = new ArrayList<Node>();
        while (!tokens.took("}")) {
            keys.add(choice());
            tokens.expect(":");
            values.add(choice());
            if (!tokens.peek().is("}")) {
                tokens.expect(",");
            }
        }
        return new MapOf(keys, values);
    }

    private List<Node> listUntil(String end) {
        var items = new ArrayList<Node>();
        while (!tokens.took(end)) {
            items.add(choice());
            if (!tokens.peek().is(end)) {
                tokens.expect(",");
            }
        }
        return items;
    }

    private String name() {
        if (tokens.peek().kind() != Kind.NAME) {
            throw tokens.failure(tokens.peek().at(), "expected a name");
        }
        return tokens.take().text();
    }
}
