package dev.attune.trainer.sink;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Lines of text for people, with one last line on a terminal that is rewritten in place.
 *
 * @param live whether {@code out} is a terminal
 * @param colours whether to use them; never without {@code live}
 */
public record Screen(PrintStream out, boolean live, boolean colours) {

    /** Columns that text is laid out for. */
    static final int WIDTH = 80;

    private static final String START_OF_EMPTY_LINE = "\r\u001b[2K";
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

    /** The standard output, in UTF-8 whatever the locale of the container says. */
    public static Screen standardOutput(Map<String, String> environment) {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        var live = isTerminal() && !"dumb".equals(environment.get("TERM"));
        var noColor = environment.getOrDefault("NO_COLOR", "");
        return new Screen(out, live, live && noColor.isEmpty());
    }

    /** Prints a line that stays; on a terminal in the place of the live one. */
    void line(String text) {
        out.print((live ? START_OF_EMPTY_LINE : "") + text + "\n");
        out.flush();
    }

    /** Shows a line until the next one; on a terminal alone, and cut where that is narrower. */
    void live(String text) {
        if (live) {
            out.print(START_OF_EMPTY_LINE + NO_WRAP + text + WRAP);
            out.flush();
        }
    }

    /** Takes the live line away. */
    void clear() {
        if (live) {
            out.print(START_OF_EMPTY_LINE);
            out.flush();
        }
    }

    String bold(String text) {
        return styled("1", text);
    }

    String dim(String text) {
        return styled("2", text);
    }

    String red(String text) {
        return styled("31", text);
    }

    String green(String text) {
        return styled("32", text);
    }

    String yellow(String text) {
        return styled("33", text);
    }

    String cyan(String text) {
        return styled("36", text);
    }

    private String styled(String code, String text) {
        return colours && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /** Text of any origin as lines of at most {@code width} characters and without control characters. */
    static List<String> wrapped(String text, int width) {
        var lines = new ArrayList<String>();
        for (var paragraph : text.strip().split("\\R")) {
            var line = new StringBuilder();
            for (var word : paragraph.replaceAll("\\p{Cntrl}", " ").split(" +")) {
                if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                line.append(line.length() > 0 ? " " : "").append(word);
                while (line.length() > width) {
                    lines.add(line.substring(0, width));
                    line.delete(0, width);
                }
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static boolean isTerminal() {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            // No /proc here: the console is there when both input and output are a terminal.
            return System.console() != null;
        }
    }
}
