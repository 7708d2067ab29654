package dev.attune.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.method.Trainable;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside scikit-learn's LogisticRegression on the same features; see fixtures/make_probe.py. */
class LbfgsTest {

    private static final int CLASSES = 5;
    private static final int WIDTH = 16;
    private static final int STEPS = 200;

    private final SafetensorsFile reference =
            SafetensorsFile.open(Path.of("src/test/resources/probe/probe.safetensors"));
    private final NDArray x = reference.floats("train.x");
    private final NDArray right = oneHot(reference.array("train.y").toLongArray());

    /** A layer to be fitted, and the optimiser that fits it. */
    private record Fit(NDArray w, NDArray b, Lbfgs optimiser) {

        static Fit of(double penalty) {
            var w = Torch.manager().zeros(new Shape(CLASSES, WIDTH));
            var b = Torch.manager().zeros(new Shape(CLASSES));
            Torch.requireGradient(w);
            Torch.requireGradient(b);
            var trained = List.of(new Trainable("w", w, true), new Trainable("b", b, false));
            return new Fit(w, b, new Lbfgs(trained, penalty));
        }
    }

    private static NDArray oneHot(long[] classes) {
        var numbers = new float[classes.length * CLASSES];
        for (var row = 0; row < classes.length; row++) {
            numbers[row * CLASSES + (int) classes[row]] = 1;
        }
        return Torch.manager().create(numbers, new Shape(classes.length, CLASSES));
    }

    private double gradients(Fit fit) {
        try (var scope = Scope.withoutGradients()) {
            fit.optimiser().gradients().drop();
        }
        try (var scope = Scope.withGradients()) {
            var loss = Ops.linear(x, fit.w(), fit.b())
                    .logSoftmax(1)
                    .mul(right)
                    .sum()
                    .mul(-1f / x.getShape().get(0));
            Torch.backward(loss, Torch.scalar(1));
            return loss.getFloat();
        }
    }

    private Optimiser.Update step(Fit fit) {
        var loss = gradients(fit);
        try (var scope = Scope.withoutGradients()) {
            return fit.optimiser().step(loss, 1, () -> gradients(fit));
        }
    }

    private int converge(Fit fit) {
        for (var step = 0; step < STEPS; step++) {
            if (step(fit).converged()) {
                return step;
            }
        }
        return STEPS;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "0.01", "0.001"})
    void comesToTheMinimumOfScikitLearn(String penalty) {
        var fit = Fit.of(Double.parseDouble(penalty));

        var steps = converge(fit);

        assertThat(steps).isBetween(5, 100);
        assertThat(gradients(fit)).isCloseTo(reference.floats(penalty + ".loss").getFloat(), within(1e-4));
        assertThat(farthest(fit.w(), reference.floats(penalty + ".w"))).isLessThan(2e-3);
        assertThat(farthest(fit.b().sub(fit.b().mean()), reference.floats(penalty + ".b")))
                .isLessThan(5e-3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "0.01", "0.001"})
    void predictsTheClassesThatScikitLearnPredicts(String penalty) {
        var fit = Fit.of(Double.parseDouble(penalty));
        converge(fit);

        var predicted = Ops.linear(reference.floats("test.x"), fit.w(), fit.b())
                .argMax(1)
                .toLongArray();

        assertThat(predicted).isEqualTo(reference.array(penalty + ".predicted").toLongArray());
    }

    private static double farthest(NDArray a, NDArray b) {
        return a.sub(b).abs().max().getFloat();
    }

    @Test
    void everyStepLowersTheLossAndTheLastStaysWhereItIs() {
        var fit = Fit.of(0);
        var losses = new double[20];
        for (var step = 0; step < losses.length; step++) {
            losses[step] = gradients(fit);
            step(fit);
        }
        for (var step = 1; step < losses.length; step++) {
            assertThat(losses[step]).isLessThan(losses[step - 1] + 1e-6);
        }

        var penalised = Fit.of(0.1);
        converge(penalised);
        var before = penalised.w().toFloatArray();
        assertThat(step(penalised)).isEqualTo(new Optimiser.Update(0, true));
        assertThat(penalised.w().toFloatArray()).isEqualTo(before);
    }

    @Test
    void goesOnFromWhatWasSavedAsIfItHadNotStopped() {
        var whole = Fit.of(0.01);
        var parted = Fit.of(0.01);
        for (var step = 0; step < 14; step++) {
            step(whole);
            step(parted);
        }
        var rest = Fit.of(0.01);
        Updates.copyInto(rest.w(), Ops.detach(parted.w()));
        Updates.copyInto(rest.b(), Ops.detach(parted.b()));
        var saved = parted.optimiser().state();
        rest.optimiser().state().forEach((name, array) -> Updates.copyInto(array, saved.get(name)));
        for (var step = 0; step < 5; step++) {
            step(whole);
            step(rest);
        }
        assertThat(rest.w().toFloatArray()).isEqualTo(whole.w().toFloatArray());
    }

    @Test
    void aLossThatCannotBeLoweredEndsTheSearchWhereItBegan() {
        var fit = Fit.of(0);
        var loss = gradients(fit);
        var before = fit.w().toFloatArray();
        try (var scope = Scope.withoutGradients()) {
            assertThat(fit.optimiser().step(loss, 1, () -> Double.NaN)).isEqualTo(new Optimiser.Update(0, true));
        }
        assertThat(fit.w().toFloatArray()).isEqualTo(before);
    }
}
