package dev.attune.trainer.text.jinja;

import dev.attune.trainer.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template into tokens, as Jinja2 does with {@code trim_blocks} and {@code lstrip_blocks}. */
final class Lexer {

    private static final Pattern OPENING = Pattern.compile("\\{[{%#]");
    private static final Pattern TOKEN = Pattern.compile(
            "(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<float>\\d+\\.\\d+)"
                    + "|(?<integer>\\d+)|(?<string>'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\")"
                    + "|(?<operator>//|\\*\\*|==|!=|>=|<=|[-+*/%~\\[\\](){}<>=.:|,;])",
            Pattern.DOTALL);
    private static final Map<Character, Character> ESCAPES = Map.of(
            '\\', '\\', '\'', '\'', '"', '"', 'n', '\n', 't', '\t', 'r', '\r', 'b', '\b', 'f', '\f', 'a', '\u0007', 'v',
            '\u000b');
    private static final Map<Character, Integer> CODE_POINT_ESCAPES = Map.of('x', 2, 'u', 4, 'U', 8);

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private boolean lineStarts = true;

    private Lexer(String source) {
        var lines = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    static List<Token> tokens(String source) {
        return new Lexer(source).run();
    }

    private List<Token> run() {
        var opening = OPENING.matcher(source);
        while (opening.find(position)) {
            var kind = source.charAt(opening.start() + 1);
            text(opening.start(), kind);
            position = opening.end();
            if (position < source.length() && (source.charAt(position) == '-' || source.charAt(position) == '+')) {
                position++;
            }
            switch (kind) {
                case '#' -> comment();
                case '%' -> code(Kind.STATEMENT_BEGIN, "%}", Kind.STATEMENT_END);
                default -> code(Kind.PRINT_BEGIN, "}}", Kind.PRINT_END);
            }
        }
        text(source.length(), ' ');
        position = source.length();
        add(Kind.END, "");
        return tokens;
    }

    /** The text up to the opening of a tag, less the blanks that the tag takes. */
    private void text(int end, char tag) {
        var text = source.substring(position, end);
        var sign = end + 2 < source.length() ? source.charAt(end + 2) : ' ';
        if (tag != ' ' && sign == '-') {
            text = Python.strip(text, null, false, true);
        } else if ((tag == '%' || tag == '#') && sign != '+') {
            var line = text.lastIndexOf('\n') + 1;
            if ((line > 0 || lineStarts)
                    && Python.strip(text.substring(line), null, true, true).isEmpty()) {
                text = text.substring(0, line);
            }
        }
        if (!text.isEmpty()) {
            add(Kind.TEXT, text);
        }
    }

    private void comment() {
        var end = source.indexOf("#}", position);
        if (end < 0) {
            throw failure("the comment isn't closed by #}");
        }
        var sign = source.charAt(end - 1);
        position = end + 2;
        afterTag(sign, true);
    }

    private void code(Kind begin, String closing, Kind end) {
        add(begin, "");
        var depth = 0;
        while (true) {
            while (position < source.length() && Python.isSpace(source.charAt(position))) {
                position++;
            }
            if (position == source.length()) {
                throw failure("the tag isn't closed by " + closing);
            }
            var sign = source.charAt(position);
            var signed = sign == '-' || sign == '+' && end == Kind.STATEMENT_END;
            if (depth == 0 && source.startsWith(closing, signed ? position + 1 : position)) {
                add(end, "");
                position += closing.length() + (signed ? 1 : 0);
                afterTag(signed ? sign : ' ', end == Kind.STATEMENT_END);
                return;
            }
            var matcher = TOKEN.matcher(source).region(position, source.length());
            if (!matcher.lookingAt()) {
                throw failure("%s can't be read".formatted(source.substring(position, position + 1)));
            }
            depth += switch (matcher.group()) {
                case "(", "[", "{" -> 1;
                case ")", "]", "}" -> -1;
                default -> 0;
            };
            add(matcher);
            position = matcher.end();
        }
    }

    private void add(Matcher token) {
        if (token.group("name") != null) {
            add(Kind.NAME, token.group());
        } else if (token.group("float") != null) {
            add(Kind.FLOAT, token.group());
        } else if (token.group("integer") != null) {
            add(Kind.INTEGER, token.group());
        } else if (token.group("string") != null) {
            add(Kind.STRING, unescape(token.group().substring(1, token.group().length() - 1)));
        } else {
            add(Kind.OPERATOR, token.group());
        }
    }

    /** Leaves out the blanks after a tag that it takes: all for {@code -}, else one line's end if it is trimmed. */
    private void afterTag(char sign, boolean trimmed) {
        if (sign == '-') {
            while (position < source.length() && Python.isSpace(source.charAt(position))) {
                position++;
            }
        } else if (trimmed && sign != '+' && position < source.length() && source.charAt(position) == '\n') {
            position++;
        }
        lineStarts = source.charAt(position - 1) == '\n';
    }

    private String unescape(String literal) {
        var value = new StringBuilder();
        for (var i = 0; i < literal.length(); i++) {
            var c = literal.charAt(i);
            if (c != '\\') {
                value.append(c);
                continue;
            }
            c = literal.charAt(++i);
            if (ESCAPES.containsKey(c)) {
                value.append(ESCAPES.get(c).charValue());
            } else if (CODE_POINT_ESCAPES.containsKey(c)) {
                var end = i + 1 + CODE_POINT_ESCAPES.get(c);
                try {
                    value.appendCodePoint(Integer.parseInt(literal.substring(i + 1, end), 16));
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    throw failure("\\%s wants %d hexadecimal digits".formatted(c, CODE_POINT_ESCAPES.get(c)));
                }
                i = end - 1;
            } else if (c >= '0' && c <= '7' || c == 'N') {
                throw failure("the escape \\%s isn't supported".formatted(c));
            } else if (c != '\n') {
                value.append('\\').append(c);
            }
        }
        return value.toString();
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line()));
    }

    private int line() {
        return 1 + (int) source.chars().limit(position).filter(c -> c == '\n').count();
    }

    private TemplateException failure(String message) {
        return new TemplateException(message).at(line());
    }
}
