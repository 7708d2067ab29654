package dev.attune.trainer.feature;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Architecture.Kind;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The lowest layers of a model in which nothing is trained, so that what they give for a text is the same at every step.
 *
 * @param layers how many, at least one, and less than all
 */
public record Bottom(Architecture architecture, Objective objective, int layers) {

    /** What is kept of all tokens lies in memory. */
    private static final long MOST_BYTES = 1L << 30;

    /**
     * Whether it pays to compute the lowest layers once and to keep what they give.
     *
     * @param passes over the texts
     * @param tokens of all of them
     */
    public static boolean pays(Architecture architecture, Objective objective, double passes, long tokens) {
        return passes >= 2
                && !objective.draws()
                && architecture.kind() != Kind.ENCODER_DECODER
                && tokens * architecture.geometry().hidden() * Float.BYTES <= MOST_BYTES;
    }

    /** What the layers give for all tokens of a batch, {@code [tokens, hidden]}, filling left out. */
    public Rows states() {
        return (network, batch) -> {
            var below = new Below(network, layers);
            objective.rows(architecture, below, batch);
            var states = below.states.reshape(-1, architecture.geometry().hidden());
            return states.getShape().get(0) == batch.tokens() ? states : Ops.rows(states, places(batch));
        };
    }

    private static NDArray places(Batch batch) {
        return Torch.array(IntStream.of(batch.places()).asLongStream().toArray());
    }

    /** The rows that an objective reads, computed from there on. */
    public Rows continued(Remembered states) {
        return (network, batch) -> objective.rows(architecture, new Above(network, layers, batch, states), batch);
    }

    /** What of it, for people and for the name under which its states are kept. */
    @Override
    public String toString() {
        return "states of the lowest %d layers".formatted(layers);
    }

    /** Computes the bottom, and passes over what stands on it. */
    private static final class Below implements NetworkDecorator {
        private final Network base;
        private final int layers;
        private int done;
        private NDArray states;

        Below(Network base, int layers) {
            this.base = base;
            this.layers = layers;
        }

        @Override
        public Network base() {
            return base;
        }

        @Override
        public NDArray layer(NDArray x, UnaryOperator<NDArray> work) {
            if (done < layers) {
                done++;
                states = base.layer(x, work);
            }
            return states;
        }
    }

    /** Passes over the bottom, and goes on from what it gave. */
    private static final class Above implements NetworkDecorator {
        private final Network base;
        private final int layers;
        private final Batch batch;
        private final Remembered states;
        private int passed;

        Above(Network base, int layers, Batch batch, Remembered states) {
            this.base = base;
            this.layers = layers;
            this.batch = batch;
            this.states = states;
        }

        @Override
        public Network base() {
            return base;
        }

        @Override
        public NDArray layer(NDArray x, UnaryOperator<NDArray> work) {
            if (passed == layers) {
                return base.layer(x, work);
            }
            passed++;
            return passed == layers ? states.tokens(batch, x.getShape()) : x;
        }
    }
}
