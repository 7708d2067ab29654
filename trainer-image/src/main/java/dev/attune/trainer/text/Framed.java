package dev.attune.trainer.text;

import dev.attune.trainer.text.jinja.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tokens of a text, or of two, with those that the tokenizer puts around and between them.
 *
 * @param ids [tokens]
 * @param segments [tokens] the type that the model is told of each token
 * @param texts [tokens] 0 for the first text, 1 for the second, less for the tokenizer's own
 * @param places [tokens] the characters of its text that each token stands for; {@code null} for the tokenizer's own
 */
public record Framed(int[] ids, int[] segments, int[] texts, List<Span> places) {

    /** Cut to a number of tokens: the longer text loses its last ones first, what stands around them stays. */
    public Framed cut(int length) {
        var counts = new int[] {count(0), count(1)};
        for (var excess = ids.length - length; excess > 0 && counts[0] + counts[1] > 0; excess--) {
            counts[counts[0] > counts[1] ? 0 : 1]--;
        }
        return first(counts[0], 0, counts[1]);
    }

    /**
     * The first text with one part of the second after the other.
     *
     * @param length tokens of each at most
     * @param stride tokens that a part has in common with the next
     * @return empty: the first text leaves no room for the stride and one token more
     */
    public List<Framed> windows(int length, int stride) {
        var second = count(1);
        var room = length - (ids.length - second);
        var windows = new ArrayList<Framed>();
        for (var from = 0; room > stride && (from == 0 || from + stride < second); from += room - stride) {
            windows.add(first(count(0), from, Math.min(second, from + room)));
        }
        return windows;
    }

    /** The first tokens of the first text, and those of the second from one to before another. */
    private Framed first(int ofFirst, int from, int to) {
        var seen = new int[2];
        var kept = IntStream.range(0, ids.length)
                .filter(token -> {
                    if (texts[token] < 0) {
                        return true;
                    }
                    var at = seen[texts[token]]++;
                    return texts[token] == 0 ? at < ofFirst : at >= from && at < to;
                })
                .toArray();
        return new Framed(
                at(ids, kept),
                at(segments, kept),
                at(texts, kept),
                Arrays.stream(kept).mapToObj(places::get).collect(Collectors.toCollection(ArrayList::new)));
    }

    private int count(int text) {
        return (int) Arrays.stream(texts).filter(of -> of == text).count();
    }

    private static int[] at(int[] numbers, int[] places) {
        return Arrays.stream(places).map(place -> numbers[place]).toArray();
    }
}
