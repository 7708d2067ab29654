package dev.attune.trainer.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A line of tokens.jsonl, made by tools/tokenizer-fixtures.py; what its kind doesn't have is null. */
public record ReferenceTokens(
        String kind,
        String tokenizer,
        String text,
        int[] ids,
        int[] with_specials,
        String decoded,
        String decoded_with_specials,
        String prompt,
        String completion,
        int[] labels,
        List<Message> messages,
        int[] mask) {

    public static Stream<ReferenceTokens> ofKind(String kind) {
        var lines = ReferenceTokens.class.getResourceAsStream("tokens.jsonl");
        try {
            return new ObjectMapper()
                    .readerFor(ReferenceTokens.class).<ReferenceTokens>readValues(lines).readAll().stream()
                            .filter(line -> line.kind().equals(kind));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The model folder of a tokenizer. */
    public static Path folder(String tokenizer) {
        try {
            return Path.of(ReferenceTokens.class.getResource(tokenizer).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path folder() {
        return folder(tokenizer);
    }

    @Override
    public String toString() {
        return "%s %s: %s".formatted(tokenizer, kind, text != null ? text : prompt + "|" + completion);
    }
}
