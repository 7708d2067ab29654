package dev.attune.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaskedLanguageModelingTest {

    private static final int MASK = 4;
    private static final int VOCABULARY = 1000;
    private static final int LENGTH = 20_000;
    private static final MaskedLanguageModeling OBJECTIVE = new MaskedLanguageModeling(MASK, VOCABULARY);

    /** A row between two tokens that aren't to be told. */
    private static Example row(int length) {
        var ids = IntStream.range(0, length)
                .map(i -> 5 + i * 7 % (VOCABULARY - 5))
                .toArray();
        var labels = ids.clone();
        labels[0] = Batch.IGNORED;
        labels[length - 1] = Batch.IGNORED;
        return Example.of(ids, labels);
    }

    @Test
    void fifteenPercentAreToldOfWhichMostAreMaskedSomeAreOthersAndSomeStay() {
        var batch = Batch.of(List.of(row(LENGTH)), 0);
        var drawn = OBJECTIVE.drawn(batch, 3);

        var told = IntStream.range(0, LENGTH)
                .filter(at -> drawn.labels()[at] != Batch.IGNORED)
                .toArray();
        assertThat((double) told.length / LENGTH).isCloseTo(0.15, within(0.01));
        assertThat(share(told, at -> drawn.ids()[at] == MASK)).isCloseTo(0.8, within(0.03));
        assertThat(share(told, at -> drawn.ids()[at] == batch.ids()[at])).isCloseTo(0.1, within(0.03));
        assertThat(told).doesNotContain(0, LENGTH - 1);
        assertThat(IntStream.of(told)).allMatch(at -> drawn.labels()[at] == batch.ids()[at]);
        assertThat(IntStream.range(0, LENGTH).filter(at -> drawn.ids()[at] != batch.ids()[at]))
                .as("only what is told is changed")
                .allMatch(at -> drawn.labels()[at] != Batch.IGNORED);
    }

    private static double share(int[] places, IntPredicate of) {
        return (double) IntStream.of(places).filter(of).count() / places.length;
    }

    @Test
    void aRowIsMaskedAlikeWhateverItIsBatchedWith() {
        var alone = OBJECTIVE.drawn(Batch.of(List.of(row(100)), 0), 3);
        var together = OBJECTIVE.drawn(Batch.of(List.of(row(300), row(100)), 0), 3);

        assertThat(Arrays.copyOfRange(together.ids(), 300, 400)).isEqualTo(alone.ids());
        assertThat(Arrays.copyOfRange(together.labels(), 300, 400)).isEqualTo(alone.labels());
        assertThat(Arrays.copyOfRange(together.labels(), 400, 600)).containsOnly(Batch.IGNORED);
        assertThat(OBJECTIVE.drawn(Batch.of(List.of(row(100)), 0), 4).labels()).isNotEqualTo(alone.labels());
    }

    @Test
    void aShortRowTellsOneTokenAtLeastAndARowOfSpecialTokensNone() {
        for (var seed = 0; seed < 50; seed++) {
            assertThat(told(Batch.of(List.of(row(3)), 0), seed)).isEqualTo(1);
            assertThat(told(Batch.of(List.of(row(5)), 0), seed)).isBetween(1L, 3L);
        }
        assertThat(told(Batch.of(List.of(row(2)), 0), 3)).isZero();
    }

    private static long told(Batch batch, long seed) {
        return IntStream.of(OBJECTIVE.drawn(batch, seed).labels())
                .filter(label -> label != Batch.IGNORED)
                .count();
    }

    @Test
    void theMeanOfNothingIsANumber() {
        assertThat(Tally.ofPerplexity().metrics()).containsEntry("loss", 0.0).containsEntry("perplexity", 1.0);
    }
}
