package dev.attune.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpdatesTest {

    @Test
    void adamwMovesAsItsFormulaSays() {
        try (var scope = Scope.withoutGradients()) {
            var weight = Torch.manager().ones(new Shape(4));
            var gradient = Torch.manager().full(new Shape(4), 0.5f);
            var first = Torch.manager().zeros(new Shape(4));
            var second = Torch.manager().zeros(new Shape(4));
            var steps = Torch.manager().create(0f);
            Updates.adamw(
                    List.of(weight),
                    List.of(gradient),
                    List.of(first),
                    List.of(second),
                    List.of(steps),
                    0.1,
                    0.9,
                    0.999,
                    0.01,
                    1e-8);
            assertThat(weight.getFloat(0)).isCloseTo((float) (1 * (1 - 0.1 * 0.01) - 0.1), within(1e-6f));
            assertThat(steps.getFloat()).isEqualTo(1f);
        }
    }

    @Test
    void clippingScalesToTheLimitAndGivesTheNormBefore() {
        try (var scope = Scope.withoutGradients()) {
            var gradient = Torch.manager().create(new float[] {3, 4});
            assertThat(Updates.clipNorm(List.of(gradient), 1).getFloat()).isCloseTo(5f, within(1e-6f));
            assertThat(gradient.toFloatArray()).containsExactly(new float[] {0.6f, 0.8f}, within(1e-5f));
        }
    }
}
