package dev.attune.cel;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of an expression, one after the other. */
final class Tokens {

    /** What a word is; {@code END} follows the last. */
    enum Kind {
        INT,
        DOUBLE,
        STRING,
        NAME,
        SYMBOL,
        END
    }

    record Token(Kind kind, String text, int at) {
        boolean is(String symbol) {
            return (kind == Kind.SYMBOL || kind == Kind.NAME) && text.equals(symbol);
        }
    }

    private static final Pattern WORD = Pattern.compile("\\s*(?<WORD>"
            + "(?<DOUBLE>[0-9]+\\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)"
            + "|(?<INT>0x[0-9a-fA-F]+|[0-9]+)(?![0-9a-zA-Z_.])"
            + "|(?<RAW>[rR](?:'[^'\\n]*'|\"[^\"\\n]*\"))"
            + "|(?<STRING>'(?:[^'\\\\\\n]|\\\\.)*'|\"(?:[^\"\\\\\\n]|\\\\.)*\")"
            + "|(?<NAME>[_a-zA-Z][_a-zA-Z0-9]*)(?!['\"])"
            + "|(?<SYMBOL>==|!=|<=|>=|&&|\\|\\||[-+*/%<>!?:.,()\\[\\]{}])"
            + ")");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int next;

    Tokens(String text) {
        this.text = text;
        var word = WORD.matcher(text);
        var at = 0;
        while (word.find(at) && word.start() == at) {
            tokens.add(token(word.start("WORD"), word));
            at = word.end();
        }
        var rest = text.substring(at);
        if (!rest.isBlank()) {
            throw failure(at + rest.length() - rest.stripLeading().length(), "can't be read");
        }
        tokens.add(new Token(Kind.END, "", text.length()));
    }

    Token peek() {
        return tokens.get(next);
    }

    Token take() {
        return tokens.get(next++);
    }

    /** Takes the next word if it is this one. */
    boolean took(String symbol) {
        if (!peek().is(symbol)) {
            return false;
        }
        next++;
        return true;
    }

    void expect(String symbol) {
        if (!took(symbol)) {
            throw failure(peek().at(), "expected " + symbol);
        }
    }

    CelException failure(int at, String message) {
        return new CelException("%s at character %d of: %s".formatted(message, at + 1, text));
    }

    private Token token(int at, Matcher word) {
        if (word.group("RAW") != null) {
            var raw = word.group("RAW");
            return new Token(Kind.STRING, raw.substring(2, raw.length() - 1), at);
        }
        if (word.group("STRING") != null) {
            var quoted = word.group("STRING");
            return new Token(Kind.STRING, unescaped(at, quoted.substring(1, quoted.length() - 1)), at);
        }
        for (var kind : List.of(Kind.DOUBLE, Kind.INT, Kind.NAME)) {
            if (word.group(kind.name()) != null) {
                return new Token(kind, word.group(kind.name()), at);
            }
        }
        return new Token(Kind.SYMBOL, word.group("SYMBOL"), at);
    }

    private String unescaped(int at, String escaped) {
        var result = new StringBuilder();
        for (var i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) != '\\') {
                result.append(escaped.charAt(i));
                continue;
            }
            i++;
            result.append(
                    switch (escaped.charAt(i)) {
                        case '\\', '\'', '"', '`', '?' -> escaped.charAt(i);
                        case 'n' -> '\n';
                        case 'r' -> '\r';
                        case 't' -> '\t';
                        default -> throw failure(at, "unknown escape \\" + escaped.charAt(i));
                    });
        }
        return result.toString();
    }
}
