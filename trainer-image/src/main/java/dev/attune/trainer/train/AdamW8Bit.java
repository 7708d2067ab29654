package dev.attune.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.method.Trainable;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * {@link AdamW} that keeps its moments as {@link Minifloat}s, block by block (https://arxiv.org/abs/2110.02861): two bytes for
 * each number that is trained, and not eight. What is small has 32 bits, as there, since it costs little and may matter much.
 */
public final class AdamW8Bit implements Optimiser {

    private static final int BLOCK = Minifloat.BLOCK;

    /** Numbers below which an array counts as small. */
    private static final int SMALL = 4096;

    /** Blocks whose moments are there in 32 bits at once. */
    private static final long CHUNK = (1 << 22) / BLOCK;

    private final Gradients gradients;
    private final AdamW small;
    private final List<Coded> large;

    private record Moment(Minifloat code, NDArray codes, NDArray scales) {

        static Moment zero(Minifloat code, long blocks) {
            return new Moment(
                    code,
                    Torch.manager().zeros(new Shape(blocks, BLOCK), DataType.UINT8),
                    Torch.manager().zeros(new Shape(blocks)));
        }

        /** Some of the blocks, sharing memory. */
        Moment part(long from, long to) {
            return new Moment(code, Ops.slice(codes, from, to), Ops.slice(scales, from, to));
        }

        NDArray decoded() {
            return code.decoded(codes, scales);
        }

        void become(NDArray blocks) {
            var coded = code.coded(blocks);
            Updates.copyInto(codes, coded.codes());
            Updates.copyInto(scales, coded.scales());
        }
    }

    private record Coded(Trainable trainable, double decay, Moment first, Moment second, NDArray steps) {

        static Coded of(Trainable trainable, double decay) {
            var blocks = (trainable.array().size() + BLOCK - 1) / BLOCK;
            return new Coded(
                    trainable,
                    trainable.decays() ? decay : 0,
                    Moment.zero(Minifloat.E4M3, blocks),
                    Moment.zero(Minifloat.E5M3, blocks),
                    Torch.manager().zeros(new Shape()));
        }
    }

    /** An optimiser whose moments are 0. */
    public AdamW8Bit(List<Trainable> trainables, double weightDecay) {
        gradients = new Gradients(trainables);
        small = new AdamW(trainables.stream().filter(AdamW8Bit::isSmall).toList(), weightDecay);
        large = trainables.stream()
                .filter(trainable -> !isSmall(trainable))
                .map(trainable -> Coded.of(trainable, weightDecay))
                .toList();
    }

    private static boolean isSmall(Trainable trainable) {
        return trainable.array().size() < SMALL;
    }

    @Override
    public Gradients gradients() {
        return gradients;
    }

    @Override
    public Update step(double loss, double learningRate, DoubleSupplier again) {
        large.forEach(coded -> step(coded, learningRate));
        return small.step(loss, learningRate, again);
    }

    private void step(Coded coded, double learningRate) {
        var array = coded.trainable().array();
        var blocks = coded.first().codes().getShape().get(0);
        for (var from = 0L; from < blocks; from += CHUNK) {
            try (var scope = Scope.withoutGradients()) {
                var to = Math.min(from + CHUNK, blocks);
                var first = coded.first().part(from, to);
                var second = coded.second().part(from, to);
                var mean = first.decoded();
                var square = second.decoded();
                var numbers = Math.min(to * BLOCK, array.size()) - from * BLOCK;
                Updates.adamw(
                        List.of(some(array, from, numbers)),
                        List.of(some(array.getGradient(), from, numbers)),
                        List.of(Ops.slice(mean.reshape(-1), 0, numbers)),
                        List.of(Ops.slice(square.reshape(-1), 0, numbers)),
                        // Every part of an array is at the same step.
                        List.of(to < blocks ? coded.steps().duplicate() : coded.steps()),
                        learningRate,
                        AdamW.BETA_1,
                        AdamW.BETA_2,
                        coded.decay(),
                        AdamW.EPSILON);
                first.become(mean);
                second.become(square);
            }
        }
    }

    private static NDArray some(NDArray array, long from, long numbers) {
        return Ops.slice(array.reshape(-1), from * BLOCK, from * BLOCK + numbers);
    }

    @Override
    public Map<String, NDArray> state() {
        var state = new LinkedHashMap<>(small.state());
        for (var coded : large) {
            var name = coded.trainable().name();
            state.put(name + ".exp_avg", coded.first().codes());
            state.put(name + ".exp_avg.absmax", coded.first().scales());
            state.put(name + ".exp_avg_sq", coded.second().codes());
            state.put(name + ".exp_avg_sq.absmax", coded.second().scales());
            state.put(name + ".step", coded.steps());
        }
        return state;
    }
}
