package dev.attune.trainer.data;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * T5's span corruption (https://arxiv.org/abs/1910.10683): 15 % of a text's tokens are left out, 3 at a time on average. A
 * token of its own stands for each span, and the labels are these tokens, each followed by what it stands for.
 *
 * @param standIns the tokens that stand for spans, in their order
 * @param eos ends a text and its labels
 */
public record Spans(List<Integer> standIns, int eos) {

    private static final double SHARE = 0.15;
    private static final double SPAN = 3;

    /** How many spans are left out of a text of some tokens; at least one. */
    public static int count(int length) {
        return (int) Math.max(1, Math.round(leftOut(length) / SPAN));
    }

    private static int leftOut(int length) {
        return (int) Math.min(Math.max(Math.round(length * SHARE), 1), length - 1);
    }

    /** The texts of a batch with spans left out; which ones of a text follows the seed and its tokens. */
    public Batch leaveOut(Batch texts, long seed) {
        var examples = IntStream.range(0, texts.size())
                .mapToObj(row -> leaveOut(texts.text(row), texts.random(row, seed)))
                .toList();
        return Batch.of(examples, eos);
    }

    private Example leaveOut(int[] text, Random random) {
        var out = leftOut(text.length);
        var spans = Math.min(count(text.length), text.length - out);
        var kept = parts(text.length - out, spans, random);
        var left = parts(out, spans, random);
        var ids = IntStream.builder();
        var labels = IntStream.builder();
        var at = 0;
        for (var span = 0; span < spans; span++) {
            for (var end = at + kept[span]; at < end; at++) {
                ids.add(text[at]);
            }
            ids.add(standIns.get(span));
            labels.add(standIns.get(span));
            for (var end = at + left[span]; at < end; at++) {
                labels.add(text[at]);
            }
        }
        return Example.of(
                ids.add(eos).build().toArray(), labels.add(eos).build().toArray());
    }

    /** Parts of at least 1 that add up to a number, every choice of them as likely as any other. */
    private static int[] parts(int sum, int count, Random random) {
        var places = IntStream.range(1, sum).toArray();
        for (var i = 0; i < count - 1; i++) {
            var j = i + random.nextInt(places.length - i);
            var place = places[j];
            places[j] = places[i];
            places[i] = place;
        }
        var cuts = IntStream.concat(Arrays.stream(places).limit(count - 1L).sorted(), IntStream.of(sum))
                .toArray();
        return IntStream.range(0, count)
                .map(i -> cuts[i] - (i == 0 ? 0 : cuts[i - 1]))
                .toArray();
    }
}
