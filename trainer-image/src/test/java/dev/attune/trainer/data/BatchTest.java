package dev.attune.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {

    private static final Example LONG = Example.of(new int[] {5, 6, 7}, new boolean[] {true, false, true});
    private static final Example SHORT = Example.whole(new int[] {8, 9});

    @Test
    void fillsUpToTheLongest() {
        var batch = Batch.of(List.of(SHORT, LONG), 1);

        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.length()).isEqualTo(3);
        assertThat(batch.ids()).containsExactly(8, 9, 1, 5, 6, 7);
        assertThat(batch.attentionMask()).containsExactly(1, 1, 0, 1, 1, 1);
        assertThat(batch.labels()).containsExactly(8, 9, -100, 5, -100, 7);
        assertThat(batch.tokens()).isEqualTo(5);
    }

    @Test
    void cutsAStepIntoMicroBatches() {
        var batches = Batch.of(List.of(SHORT, LONG, SHORT), new int[] {1, 0, 2}, 2, 0);

        assertThat(batches).extracting(Batch::size).containsExactly(2, 1);
        assertThat(batches.get(0).ids()).containsExactly(5, 6, 7, 8, 9, 0);
        assertThat(batches.get(1).ids()).containsExactly(8, 9);
    }
}
