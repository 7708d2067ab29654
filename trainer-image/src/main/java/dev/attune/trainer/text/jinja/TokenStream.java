package dev.attune.trainer.text.jinja;

import dev.attune.trainer.text.jinja.Token.Kind;
import java.util.List;

/** The tokens that are still to be parsed. */
final class TokenStream {

    private final List<Token> tokens;
    private int position;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(position);
    }

    Token peekSecond() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        var token = peek();
        if (token.kind() != Kind.END) {
            position++;
        }
        return token;
    }

    boolean at(String operator) {
        return peek().is(Kind.OPERATOR, operator);
    }

    boolean atName(String name) {
        return peek().is(Kind.NAME, name);
    }

    boolean skip(String operator) {
        return at(operator) && next() != null;
    }

    boolean skipName(String name) {
        return atName(name) && next() != null;
    }

    void expect(String operator) {
        if (!skip(operator)) {
            throw unexpected(operator);
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected(name);
        }
    }

    Token expect(Kind kind, String what) {
        if (peek().kind() != kind) {
            throw unexpected(what);
        }
        return next();
    }

    TemplateException unexpected(String wanted) {
        return new TemplateException("%s where %s was expected".formatted(peek(), wanted)).at(peek().line());
    }
}
