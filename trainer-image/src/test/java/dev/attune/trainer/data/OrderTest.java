package dev.attune.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrderTest {

    @Test
    void seesEveryExampleOnceAnEpoch() {
        var order = new Order(10, 4, 17);

        assertThat(order.stepsPerEpoch()).isEqualTo(3);
        for (var epoch = 0; epoch < 3; epoch++) {
            var first = epoch * 3;
            var seen = IntStream.range(first, first + 3).flatMap(step -> Arrays.stream(order.step(step)));
            assertThat(seen.sorted()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            assertThat(order.step(first + 2)).as("what is left").hasSize(2);
        }
    }

    @Test
    void goesOnAnywhereAsIfItHadBeenThereFromTheStart() {
        var whole = new Order(1000, 8, 17);
        var steps = IntStream.range(0, 300).mapToObj(whole::step).toList();

        for (var step : new int[] {299, 0, 124, 125, 126, 250}) {
            assertThat(new Order(1000, 8, 17).step(step)).isEqualTo(steps.get(step));
            assertThat(whole.step(step)).isEqualTo(steps.get(step));
        }
    }

    @Test
    void differsBySeedAndEpoch() {
        assertThat(Order.permutation(100, 1, 0)).isNotEqualTo(Order.permutation(100, 2, 0));
        assertThat(Order.permutation(100, 1, 0)).isNotEqualTo(Order.permutation(100, 1, 1));
        assertThat(Order.permutation(100, 1, 1)).isNotEqualTo(Order.permutation(100, 2, 0));
    }

    /** A resumed run may run on a newer version: an order that changed would train on other data than it says. */
    @Test
    void staysTheSameInEveryVersion() {
        assertThat(Order.permutation(8, 17, 0)).containsExactly(5, 4, 3, 0, 2, 7, 6, 1);
    }

    @Test
    void putsEveryExampleEverywhere() {
        var first = new int[5];
        for (var seed = 0; seed < 5000; seed++) {
            first[Order.permutation(5, seed, 0)[0]]++;
        }
        assertThat(first)
                .satisfies(counts ->
                        Arrays.stream(counts).forEach(count -> assertThat(count).isBetween(850, 1150)));
    }

    @Test
    void countsStepsAndEpochs() {
        var order = new Order(10, 4, 17);

        assertThat(order.steps(3)).isEqualTo(9);
        assertThat(order.steps(0.1)).isEqualTo(1);
        assertThat(order.steps(1.5)).isEqualTo(5);
        assertThat(order.epochs(0)).isZero();
        assertThat(order.epochs(1)).isCloseTo(0.4, within(1e-12));
        assertThat(order.epochs(3)).isEqualTo(1.0);
        assertThat(order.epochs(4)).isCloseTo(1.4, within(1e-12));
    }
}
