package dev.attune.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

/** Of a weight, the gradient can go and the rest stay. */
class GradientTest {

    private final NDArray weight = Torch.array(new float[] {1, 2}, new Shape(2));

    GradientTest() {
        Torch.requireGradient(weight);
    }

    private void threeTimes() {
        try (var scope = Scope.withGradients()) {
            Torch.backward(weight.mul(3).sum(), Torch.scalar(1));
        }
    }

    private float[] gradient() {
        try (var scope = Scope.withoutGradients()) {
            return weight.getGradient().toFloatArray();
        }
    }

    @Test
    void withoutDroppingGradientsAddUp() {
        threeTimes();
        threeTimes();

        assertThat(gradient()).containsExactly(6, 6);
    }

    @Test
    void theNextOneBeginsAtNothing() {
        threeTimes();
        Torch.dropGradient(weight);
        assertThat(gradient()).containsExactly(0, 0);

        threeTimes();
        assertThat(gradient()).containsExactly(3, 3);
    }

    @Test
    void theNumbersStayWhereTheyLie() {
        var before = Ops.detach(weight);
        threeTimes();
        Torch.dropGradient(weight);
        try (var scope = Scope.withoutGradients()) {
            Updates.copyInto(weight, Torch.array(new float[] {5, 6}));
        }

        assertThat(before.toFloatArray()).containsExactly(5, 6);
    }
}
