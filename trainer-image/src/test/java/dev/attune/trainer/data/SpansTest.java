package dev.attune.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpansTest {

    private static final int EOS = 1;
    private static final List<Integer> STAND_INS =
            IntStream.range(0, 100).mapToObj(i -> 9_999 - i).toList();
    private static final Spans SPANS = new Spans(STAND_INS, EOS);

    private static Batch text(int length) {
        return Batch.of(List.of(Example.whole(IntStream.range(10, 10 + length).toArray())), 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 20, 64, 512})
    void whatIsLeftOutPutBackGivesTheText(int length) {
        var drawn = SPANS.leaveOut(text(length), 5);

        var left = new ArrayList<List<Integer>>();
        for (var label : drawn.labels()) {
            if (STAND_INS.contains(label)) {
                assertThat(label).isEqualTo(STAND_INS.get(left.size()));
                left.add(new ArrayList<>());
            } else if (label != EOS) {
                left.get(left.size() - 1).add(label);
            }
        }
        var whole = IntStream.of(drawn.ids())
                .limit(drawn.length() - 1L)
                .boxed()
                .flatMap(id -> STAND_INS.contains(id) ? left.get(STAND_INS.indexOf(id)).stream() : List.of(id).stream())
                .toList();
        assertThat(whole)
                .containsExactlyElementsOf(
                        IntStream.range(10, 10 + length).boxed().toList());
        assertThat(drawn.ids()).endsWith(EOS);
        assertThat(drawn.labels()).endsWith(EOS);
    }

    @Test
    void fifteenPercentAreLeftOutThreeAtATime() {
        var drawn = SPANS.leaveOut(text(512), 5);
        var spans = IntStream.of(drawn.labels()).filter(STAND_INS::contains).count();
        assertThat(spans).isEqualTo(Spans.count(512)).isEqualTo(26);
        assertThat(drawn.labels().length - spans - 1).isEqualTo(77);
    }

    @Test
    void theSeedDecidesWhatIsLeftOut() {
        assertThat(SPANS.leaveOut(text(64), 1).ids())
                .isEqualTo(SPANS.leaveOut(text(64), 1).ids());
        assertThat(SPANS.leaveOut(text(64), 1).ids())
                .isNotEqualTo(SPANS.leaveOut(text(64), 2).ids());
    }

    @Test
    void aTextLosesTheSameSpansWhateverItIsBatchedWith() {
        var texts = List.of(
                Example.whole(IntStream.range(10, 74).toArray()),
                Example.whole(IntStream.range(20, 60).toArray()));
        var together = SPANS.leaveOut(Batch.of(texts, 0), 5);
        for (var row = 0; row < 2; row++) {
            var alone = SPANS.leaveOut(Batch.of(texts.subList(row, row + 1), 0), 5);
            assertThat(together.text(row)).isEqualTo(alone.ids());
            assertThat(together.labels()).as("labels of row %d", row).containsSequence(alone.labels());
        }
    }
}
