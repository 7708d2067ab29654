package dev.attune.trainer.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.trainer.text.jinja.Span;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Texts framed by a tokenizer of one token a character, with {@code <cls> a <sep> b <sep>} around them. */
class FramedTest {

    private static final Tokenizer TOKENIZER =
            Tokenizer.read(Path.of("src/test/resources/fixtures/models/bert-qa-tiny"));

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @Test
    void aPairIsTwoSegmentsAndOneTextIsOne() {
        var pair = TOKENIZER.frame("ab", "cde");
        assertThat(pair.segments()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
        assertThat(pair.texts()).containsExactly(-1, 0, 0, -1, 1, 1, 1, -1);
        assertThat(TOKENIZER.frame("ab", null).segments()).containsOnly(0).hasSize(4);
    }

    @Test
    void aPairThatIsTooLongLosesTheEndOfTheLongerText() {
        assertThat(read(TOKENIZER.frame("abcdefgh", "xyz").cut(9), "abcdefgh", "xyz"))
                .isEqualTo("abc|xyz");
        assertThat(read(TOKENIZER.frame("ab", "uvwxyz").cut(7), "ab", "uvwxyz")).isEqualTo("ab|uv");
        assertThat(read(TOKENIZER.frame("ab", "xyz").cut(100), "ab", "xyz")).isEqualTo("ab|xyz");
    }

    @Test
    void windowsHaveTheFirstTextWholeAndTheSecondInPartsThatOverlap() {
        var windows = TOKENIZER.frame("q", "abcdefghij").windows(8, 2);
        assertThat(windows.stream().map(window -> read(window, "q", "abcdefghij")))
                .containsExactly("q|abcd", "q|cdef", "q|efgh", "q|ghij");
        assertThat(windows).allSatisfy(window -> assertThat(window.ids()).hasSizeLessThanOrEqualTo(8));
        assertThat(TOKENIZER.frame("q", "abc").windows(8, 2)).hasSize(1);
        assertThat(TOKENIZER.frame("question", "abc").windows(11, 0)).isEmpty();
    }

    @Test
    void placesCountWhatJavaCallsCharacters() {
        var context = "a😀b𝄞c";
        var framed = TOKENIZER.frame("😀", context);
        assertThat(IntStream.range(0, framed.texts().length)
                        .filter(token -> framed.texts()[token] == 1)
                        .mapToObj(token -> framed.places().get(token)))
                .containsExactly(new Span(0, 1), new Span(1, 3), new Span(3, 4), new Span(4, 6), new Span(6, 7));
        assertThat(read(framed, "😀", context)).isEqualTo("😀|a😀b𝄞c");
    }

    /** The characters that its tokens stand for, those of both texts with a line between. */
    private static String read(Framed framed, String first, String second) {
        var texts = List.of(first, second);
        return IntStream.range(0, 2)
                .mapToObj(text -> IntStream.range(0, framed.texts().length)
                        .filter(token -> framed.texts()[token] == text)
                        .mapToObj(token -> framed.places().get(token))
                        .map(place -> texts.get(text).substring(place.start(), place.end()))
                        .collect(Collectors.joining()))
                .collect(Collectors.joining("|"));
    }
}
