package dev.attune.trainer.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A template that was read, ready to be rendered any number of times, from any thread.
 *
 * <p>It renders as Jinja2 does in the environment that Hugging Face's transformers sets up: {@code trim_blocks},
 * {@code lstrip_blocks}, {@code break} and {@code continue}, {@code generation} blocks, {@code raise_exception}.
 * Filters, tests and methods that aren't known here are errors only when they're reached, as those of tools are in a
 * chat without tools.
 */
public final class Template {

    private final Statement body;

    private Template(Statement body) {
        this.body = body;
    }

    /**
     * Reads a template.
     *
     * @throws TemplateException when it isn't well-formed or has a tag that isn't known here
     */
    public static Template parse(String source) {
        return new Template(new StatementParser(Lexer.tokens(source)).template());
    }

    /**
     * Renders the template.
     *
     * @param variables strings, whole numbers (Long), booleans, null, and lists and maps of these, by name
     * @throws TemplateException when it gives up, or reaches what isn't known here
     */
    public Rendering render(Map<String, Object> variables) {
        var output = new Output(new StringBuilder(), new ArrayList<>());
        try {
            body.execute(Scope.global(variables), output);
        } catch (StackOverflowError e) {
            throw new TemplateException("macros call each other without end");
        }
        return new Rendering(output.text().toString(), List.copyOf(output.generated()));
    }

    /**
     * What a template gave.
     *
     * @param generated what its {@code generation} blocks gave, in order
     */
    public record Rendering(String text, List<Span> generated) {}
}
