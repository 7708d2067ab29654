package dev.attune.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.method.Trainable;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * AdamW (https://arxiv.org/abs/1711.05101) with β 0.9 and 0.999, ε 1e-8 and decoupled decay, in two groups: what decays,
 * and what doesn't.
 */
public final class AdamW implements Optimiser {

    static final double BETA_1 = 0.9;
    static final double BETA_2 = 0.999;
    static final double EPSILON = 1e-8;

    private final Gradients gradients;
    private final List<Group> groups;

    private record Group(
            double decay, List<Trainable> trainables, List<NDArray> first, List<NDArray> second, List<NDArray> steps) {}

    /** An optimiser whose moments are 0. */
    public AdamW(List<Trainable> trainables, double weightDecay) {
        gradients = new Gradients(trainables);
        var decayed = trainables.stream().filter(Trainable::decays).toList();
        var others = trainables.stream().filter(t -> !t.decays()).toList();
        groups = Stream.of(group(weightDecay, decayed), group(0, others))
                .filter(group -> !group.trainables().isEmpty())
                .toList();
    }

    private static Group group(double decay, List<Trainable> trainables) {
        var first = new ArrayList<NDArray>();
        var second = new ArrayList<NDArray>();
        var steps = new ArrayList<NDArray>();
        for (var trainable : trainables) {
            first.add(Torch.manager().zeros(trainable.array().getShape()));
            second.add(Torch.manager().zeros(trainable.array().getShape()));
            steps.add(Torch.manager().zeros(new Shape()));
        }
        return new Group(decay, trainables, first, second, steps);
    }

    @Override
    public Gradients gradients() {
        return gradients;
    }

    @Override
    public Update step(double loss, double learningRate, DoubleSupplier again) {
        for (var group : groups) {
            var weights = group.trainables().stream().map(Trainable::array).toList();
            Updates.adamw(
                    weights,
                    new Gradients(group.trainables()).all(),
                    group.first(),
                    group.second(),
                    group.steps(),
                    learningRate,
                    BETA_1,
                    BETA_2,
                    group.decay(),
                    EPSILON);
        }
        return new Update(learningRate, false);
    }

    @Override
    public Map<String, NDArray> state() {
        var state = new LinkedHashMap<String, NDArray>();
        for (var group : groups) {
            for (var i = 0; i < group.trainables().size(); i++) {
                var name = group.trainables().get(i).name();
                state.put(name + ".exp_avg", group.first().get(i));
                state.put(name + ".exp_avg_sq", group.second().get(i));
                state.put(name + ".step", group.steps().get(i));
            }
        }
        return state;
    }
}
