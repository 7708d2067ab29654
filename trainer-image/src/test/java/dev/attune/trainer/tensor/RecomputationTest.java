package dev.attune.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RecomputationTest {

    private final NDArray w = Torch.manager().create(new float[] {0.5f, -1, 2, 0.25f}, new Shape(2, 2));
    private final NDArray v = Torch.manager().create(new float[] {1, 2, -1, 0.5f}, new Shape(2, 2));

    @Test
    void gradientsAreThoseOfLayersThatAreKeptEvenWhereSeveralShareWhatTheyRead() {
        Torch.requireGradient(w);
        Torch.requireGradient(v);
        var layers = new AtomicInteger();
        var recomputation = new Recomputation();

        var kept = gradients(null, layers);
        var computed = layers.getAndSet(0);
        var again = gradients(recomputation, layers);

        assertThat(again).containsExactly(kept, within(1e-4f));
        assertThat(layers.get()).isEqualTo(2 * computed);
    }

    /** Three layers, the last two of which read a sum that came from the first. */
    private float[] gradients(Recomputation recomputation, AtomicInteger layers) {
        for (var weight : new NDArray[] {w, v}) {
            try (var scope = Scope.withoutGradients()) {
                Updates.zero(List.of(weight.getGradient()));
            }
        }
        try (var scope = Scope.withGradients()) {
            var x = Torch.manager().ones(new Shape(3, 2)).matMul(w);
            var first = layer(recomputation, x, in -> Ops.gelu(in.matMul(v)), layers);
            var shared = Ops.silu(first);
            var second = layer(recomputation, shared, in -> in.matMul(w).add(shared), layers);
            var third = layer(recomputation, second, in -> Ops.gelu(in).mul(shared), layers);
            if (recomputation == null) {
                Torch.backward(third.sum(), Torch.scalar(1));
            } else {
                recomputation.backward(third.sum(), Torch.scalar(1));
            }
        }
        try (var scope = Scope.withoutGradients()) {
            return w.getGradient().concat(v.getGradient(), 0).toFloatArray();
        }
    }

    private static NDArray layer(
            Recomputation recomputation, NDArray x, UnaryOperator<NDArray> work, AtomicInteger layers) {
        UnaryOperator<NDArray> counted = in -> {
            layers.incrementAndGet();
            return work.apply(in);
        };
        return recomputation == null ? counted.apply(x) : recomputation.layer(x, counted);
    }

    @Test
    void aPassThatEndedEarlyLeavesNothingToTheNext() {
        Torch.requireGradient(w);
        Torch.requireGradient(v);
        var layers = new AtomicInteger();
        var kept = gradients(null, layers);
        var recomputation = new Recomputation();
        try (var scope = Scope.withGradients()) {
            recomputation.layer(Torch.manager().ones(new Shape(3, 2)).matMul(w), in -> in.matMul(v));
        }

        assertThat(gradients(recomputation, layers)).containsExactly(kept, within(1e-4f));
    }

    @Test
    void whatIsDroppedIsDroppedOnTheWayBackToo() {
        Torch.requireGradient(w);
        Torch.seed(11);
        try (var scope = Scope.withGradients()) {
            var recomputation = new Recomputation();
            var x = Torch.manager().ones(new Shape(64, 2)).matMul(w);
            var y = recomputation.layer(x, in -> Ops.dropout(in, 0.5));
            recomputation.backward(y.sum(), Torch.scalar(1));
            // x is Σw over rows; each column's gradient is twice the number of its kept rows, as y's own kept rows
            // tell.
            var keptRows = y.toFloatArray();
            var kept = 0;
            for (var at = 0; at < keptRows.length; at += 2) {
                kept += keptRows[at] == 0 ? 0 : 1;
            }
            assertThat(w.getGradient().toFloatArray()[0]).isEqualTo(2f * kept);
        }
    }
}
