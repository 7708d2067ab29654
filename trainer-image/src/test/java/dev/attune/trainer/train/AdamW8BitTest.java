package dev.attune.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.method.Trainable;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Finds a table of numbers by least squares: gradients of every size, down to where moments are coded coarsely. */
class AdamW8BitTest {

    private static final Shape SHAPE = new Shape(100, 70); // 27 blocks and a part of one

    private static Trainable trainable(Shape shape) {
        try (var scope = Scope.withoutGradients()) {
            var weight = scope.keep(Torch.manager().zeros(shape));
            Torch.requireGradient(weight);
            return new Trainable("w", weight, true);
        }
    }

    private static NDArray target() {
        Torch.seed(1);
        return Torch.manager().randomNormal(SHAPE);
    }

    /** The mean distance from the target after some steps. */
    private static double distance(Function<List<Trainable>, Optimiser> of, int steps) {
        try (var scope = Scope.withoutGradients()) {
            var target = target();
            var trainable = trainable(SHAPE);
            var optimiser = of.apply(List.of(trainable));
            for (var step = 0; step < steps; step++) {
                optimiser.gradients().drop();
                try (var history = Scope.withGradients()) {
                    Torch.backward(trainable.array().sub(target).square().sum(), Torch.scalar(0.5));
                }
                optimiser.clip(0);
                optimiser.step(0, 0.02, () -> 0);
            }
            return trainable.array().sub(target).abs().mean().getFloat();
        }
    }

    @Test
    void findsWhatAdamWFinds() {
        var exact = distance(trainables -> new AdamW(trainables, 0), 150);
        var coded = distance(trainables -> new AdamW8Bit(trainables, 0), 150);

        assertThat(exact).isLessThan(0.05);
        assertThat(coded).isCloseTo(exact, within(0.01));
    }

    /** The second moments of the numbers that have nothing more to learn fall by a thousandth a step. */
    @Test
    void goesOnAsAdamWWhereSomeGradientsOfABlockShrink() {
        var exact = moved(trainables -> new AdamW(trainables, 0));
        var coded = moved(trainables -> new AdamW8Bit(trainables, 0));

        assertThat(coded).isCloseTo(exact, within(0.1 * exact));
    }

    /** How far the numbers of every second column go in 3,000 steps, of which all but the first 50 are a hundredth as steep. */
    private static double moved(Function<List<Trainable>, Optimiser> of) {
        try (var scope = Scope.withoutGradients()) {
            var steep = Torch.manager().ones(SHAPE);
            var even = Torch.manager().arange(SHAPE.size()).reshape(SHAPE).mod(2);
            var flat = even.mul(0.99f).neg().add(1);
            var trainable = trainable(SHAPE);
            var optimiser = of.apply(List.of(trainable));
            for (var step = 0; step < 3000; step++) {
                try (var once = Scope.withoutGradients()) {
                    Updates.copyInto(trainable.array().getGradient(), step < 50 ? steep : flat);
                    optimiser.step(0, 1e-3, () -> 0);
                }
            }
            return trainable.array().mul(even).sum().getFloat() / even.sum().getFloat();
        }
    }

    @Test
    void theFirstStepIsAdamWsAsNothingWasCodedBefore() {
        assertThat(distance(trainables -> new AdamW8Bit(trainables, 0.01), 1))
                .isCloseTo(distance(trainables -> new AdamW(trainables, 0.01), 1), within(1e-7));
    }

    @Test
    void remembersTwoBytesANumberAndOfWhatIsSmallEight() {
        var state = new AdamW8Bit(List.of(trainable(SHAPE)), 0).state();
        var small = new AdamW8Bit(List.of(trainable(new Shape(4095))), 0).state();

        assertThat(bytes(state)).isBetween(2.0 * SHAPE.size(), 2.2 * SHAPE.size());
        assertThat(state)
                .containsOnlyKeys("w.exp_avg", "w.exp_avg.absmax", "w.exp_avg_sq", "w.exp_avg_sq.absmax", "w.step");
        assertThat(bytes(small)).isEqualTo(2 * 4095 * 4 + 4);
    }

    private static double bytes(Map<String, NDArray> state) {
        return state.values().stream()
                .mapToDouble(array -> array.size() * array.getDataType().getNumOfBytes())
                .sum();
    }
}
