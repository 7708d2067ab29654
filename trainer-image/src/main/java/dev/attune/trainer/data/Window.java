package dev.attune.trainer.data;

import dev.attune.trainer.text.jinja.Span;
import java.util.List;

/**
 * A part of a context that is too long to be read at once.
 *
 * @param question that the whole of it belongs to
 * @param places [tokens] the characters of the context that each token stands for; {@code null} for one that isn't of it
 */
public record Window(Sample.Question question, List<Span> places) {}
