package dev.attune.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.trainer.failure.TrainerFailure;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {

    @Test
    void holdsOutAShareBySeed() {
        var examples = examples(100);
        var split = Split.of(examples, 0.05, 17);

        assertThat(split.evaluation()).hasSize(5);
        assertThat(split.train()).hasSize(95).doesNotContainAnyElementsOf(split.evaluation());
        assertThat(split.train()).isSubsetOf(examples);
        assertThat(Split.of(examples, 0.05, 17)).isEqualTo(split);
        assertThat(Split.of(examples, 0.05, 18)).isNotEqualTo(split);
    }

    @Test
    void holdsOutAtLeastOneAndLeavesAtLeastOne() {
        assertThat(Split.of(examples(2), 0.01, 17).evaluation()).hasSize(1);
        assertThatThrownBy(() -> Split.of(examples(2), 0.9, 17))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageStartingWith("spec.data.evaluationFraction: 0.9 of 2 examples leaves none to learn from");
        assertThatThrownBy(() -> Split.of(examples(1), 0.1, 17)).isInstanceOf(TrainerFailure.class);
    }

    private static List<Example> examples(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Example.whole(new int[] {i, i}))
                .toList();
    }
}
