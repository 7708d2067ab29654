package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;

/** A thing to learn. */
public interface Objective {

    /** Its name in a manifest, as in instruction. */
    String name();

    /** What it asks the model for. */
    Task task();

    /**
     * The objective as a model learns it, where that depends on how the model reads.
     *
     * @throws dev.attune.trainer.failure.TrainerFailure when this model can't learn it
     */
    default Objective on(Architecture architecture, Tokenizer tokenizer) {
        return this;
    }

    /**
     * Makes examples of the records of files.
     *
     * @param architecture the model that is to learn from them
     * @param sequenceLength tokens of an example at most
     * @throws dev.attune.trainer.failure.TrainerFailure when a record can't be learnt from, or none leaves anything to learn
     */
    Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength);

    /** The batch as it is learnt: what is random about it, as masked tokens, follows the seed. */
    default Batch drawn(Batch batch, long seed) {
        return batch;
    }

    /** Whether {@link #drawn} changes what a network reads, so that a text is another one at every step. */
    default boolean draws() {
        return false;
    }

    /** Over how many the loss of a batch runs; of weighted ones, the sum of their weights. */
    double count(Network network, Batch batch);

    /** The rows of the last hidden states that count, {@code [n, hidden]}. */
    NDArray rows(Architecture architecture, Network network, Batch batch);

    /** What the head's answer to {@link #rows} costs, to measure by. */
    Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch);

    /**
     * Adds the gradient of that, scaled, to all weights that it came from.
     *
     * @return the loss, not scaled
     */
    default double learn(Architecture architecture, Network network, NDArray rows, Batch batch, double scale) {
        var loss = loss(architecture, network, rows, batch).sum();
        network.backward(loss, Torch.scalar(scale));
        return loss.getFloat();
    }

    /** Adds up what the model is judged by. */
    Tally tally();

    /** Whether the model writes text, so that it can be shown what it writes before and after. */
    boolean writes();
}
