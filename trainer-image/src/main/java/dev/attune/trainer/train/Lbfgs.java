package dev.attune.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.method.Trainable;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * L-BFGS (Liu and Nocedal 1989) with the bisecting line search of Lewis and Overton (2013) for the weak Wolfe conditions.
 * It minimises the mean loss and {@code λ/2·‖w‖²} of what decays, where λ is the weight decay: scikit-learn's
 * {@code LogisticRegression} with {@code C = 1 / (λ·examples)} has the same minimum. It wants the same examples at every
 * step, and finds its step length itself.
 */
public final class Lbfgs implements Optimiser {

    /** How many moves are remembered. */
    private static final int MEMORY = 10;

    /** The largest part of the gradient at which the minimum is reached. */
    private static final double TOLERANCE = 1e-5;

    private static final double DECREASE = 1e-4;
    private static final double CURVATURE = 0.9;
    private static final int TRIALS = 25;

    /** By how much, relative to the loss, rounding in fp32 may hide a decrease. */
    private static final double ROUNDING = 1e-6;

    private final List<Trainable> trainables;
    private final Gradients gradients;
    private final double decay;
    private final NDArray moves;
    private final NDArray changes;
    private final NDArray remembered;

    /** An optimiser that remembers nothing. */
    public Lbfgs(List<Trainable> trainables, double weightDecay) {
        this.trainables = trainables;
        gradients = new Gradients(trainables);
        this.decay = weightDecay;
        var size = trainables.stream().mapToLong(t -> t.array().size()).sum();
        moves = Torch.manager().zeros(new Shape(MEMORY, size));
        changes = Torch.manager().zeros(new Shape(MEMORY, size));
        remembered = Torch.manager().zeros(new Shape());
    }

    @Override
    public Gradients gradients() {
        return gradients;
    }

    /** The norm alone: a gradient that was scaled down would mislead the line search. */
    @Override
    public double clip(double limit) {
        return gradients.clip(0);
    }

    /**
     * The penalised loss somewhere.
     *
     * @param gradient {@code [weights]}
     */
    private record Point(double loss, NDArray gradient) {}

    @Override
    public Update step(double loss, double learningRate, DoubleSupplier again) {
        var start = weights();
        var here = point(loss);
        if (here.gradient().abs().max().getFloat() <= TOLERANCE) {
            return new Update(0, true);
        }
        var direction = direction(here.gradient());
        var slope = dot(direction, here.gradient());
        if (slope >= 0) {
            forget();
            direction = here.gradient().neg();
            slope = dot(direction, here.gradient());
        }
        return search(start, here, direction, slope, again);
    }

    private Update search(NDArray start, Point here, NDArray direction, double slope, DoubleSupplier again) {
        var shortest = 0.0;
        var longest = Double.POSITIVE_INFINITY;
        var length = remembered.getFloat() > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
        for (var trial = 0; trial < TRIALS; trial++) {
            move(start.add(Ops.scale(direction, length)));
            var there = point(again.getAsDouble());
            var allowed = here.loss() + DECREASE * length * slope + ROUNDING * Math.abs(here.loss());
            if (!(there.loss() <= allowed)) {
                longest = length;
            } else if (dot(direction, there.gradient()) < CURVATURE * slope) {
                shortest = length;
            } else {
                remember(weights().sub(start), there.gradient().sub(here.gradient()));
                return new Update(length, false);
            }
            length = Double.isFinite(longest) ? (shortest + longest) / 2 : 2 * shortest;
        }
        move(start);
        var lost = remembered.getFloat() == 0;
        forget();
        return new Update(0, lost);
    }

    /** Minus the gradient, times the inverse Hessian that the remembered moves tell of. */
    private NDArray direction(NDArray gradient) {
        var count = (int) remembered.getFloat();
        var shares = new double[MEMORY];
        var direction = gradient.neg();
        for (var i = MEMORY - 1; i >= MEMORY - count; i--) {
            shares[i] = dot(moves.get(i), direction) / dot(moves.get(i), changes.get(i));
            direction = direction.sub(Ops.scale(changes.get(i), shares[i]));
        }
        if (count > 0) {
            var last = changes.get(MEMORY - 1);
            direction = Ops.scale(direction, dot(moves.get(MEMORY - 1), last) / dot(last, last));
        }
        for (var i = MEMORY - count; i < MEMORY; i++) {
            var share = dot(changes.get(i), direction) / dot(moves.get(i), changes.get(i));
            direction = direction.add(Ops.scale(moves.get(i), shares[i] - share));
        }
        return direction;
    }

    /** Keeps a move and how it changed the gradient, unless rounding has made it one without curvature. */
    private void remember(NDArray move, NDArray change) {
        if (dot(move, change) <= 0) {
            return;
        }
        append(moves, move);
        append(changes, change);
        Updates.copyInto(remembered, remembered.add(1).minimum(MEMORY));
    }

    /** The newest stands last, so that the oldest is the first to go. */
    private static void append(NDArray memory, NDArray newest) {
        Updates.copyInto(memory, Ops.slice(memory, 1, MEMORY).concat(newest.expandDims(0)));
    }

    private void forget() {
        Updates.zero(List.of(remembered));
    }

    private Point point(double loss) {
        var penalty = 0.0;
        var parts = new NDList();
        for (var trainable : trainables) {
            var gradient = trainable.array().getGradient();
            if (trainable.decays()) {
                var weight = Ops.detach(trainable.array());
                penalty += decay / 2 * dot(weight, weight);
                gradient = gradient.add(Ops.scale(weight, decay));
            }
            parts.add(gradient.reshape(-1));
        }
        return new Point(loss + penalty, NDArrays.concat(parts));
    }

    private NDArray weights() {
        var parts = new NDList();
        trainables.forEach(t -> parts.add(Ops.detach(t.array()).reshape(-1)));
        return NDArrays.concat(parts);
    }

    private void move(NDArray weights) {
        var from = 0L;
        for (var trainable : trainables) {
            var array = trainable.array();
            Updates.copyInto(
                    array, Ops.slice(weights, from, from + array.size()).reshape(array.getShape()));
            from += array.size();
        }
    }

    private static double dot(NDArray a, NDArray b) {
        return a.mul(b).sum().getFloat();
    }

    @Override
    public Map<String, NDArray> state() {
        var state = new LinkedHashMap<String, NDArray>();
        state.put("moves", moves);
        state.put("changes", changes);
        state.put("remembered", remembered);
        return state;
    }
}
