package dev.attune.trainer.text.jinja;

import java.util.List;

/**
 * What was rendered so far.
 *
 * @param generated the parts from {@code generation} blocks; null where text is captured, whose place isn't known
 */
record Output(StringBuilder text, List<Span> generated) {

    static Output captured() {
        return new Output(new StringBuilder(), null);
    }
}
