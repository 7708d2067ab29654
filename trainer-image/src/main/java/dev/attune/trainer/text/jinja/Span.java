package dev.attune.trainer.text.jinja;

/** The characters (UTF-16 units) of a text from {@code start} to {@code end}, which is excluded. */
public record Span(int start, int end) {}
