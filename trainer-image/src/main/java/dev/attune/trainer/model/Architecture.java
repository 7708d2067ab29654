package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.tensor.Ops;
import java.util.List;
import java.util.Set;

/** The mathematics of a family of models with one configuration and one task; holds no weights. */
public interface Architecture {

    /** How a model reads. */
    enum Kind {
        /** From left to right, as GPT-2. */
        DECODER,
        /** All at once, as BERT. */
        ENCODER,
        /** All of a text at once, and then its answer from left to right, as T5. */
        ENCODER_DECODER
    }

    /** How it reads. */
    Kind kind();

    /** Every weight that a model of this configuration and task has, in the order of the network, the head's last. */
    List<Parameter> parameters();

    /**
     * Last hidden states {@code [batch, length, hidden]}, normalised: of the tokens, after those of virtual tokens if the
     * network has any; of an encoder-decoder, its decoder's.
     */
    NDArray hidden(Network network, Tokens tokens);

    /** Whether transformers' class of it takes keys and values that stand in front of those of its tokens. */
    default boolean takesKeysInFront() {
        return true;
    }

    /** Whether it reads texts that stand behind each other in one row as it reads each alone. */
    default boolean readsTextsInARow() {
        return kind() != Kind.ENCODER_DECODER;
    }

    /** The layers of the model, lowest first, as {@link Network#residual} is given them. */
    default List<String> layerNames() {
        return parameters().stream()
                .flatMap(parameter -> parameter.layer().stream())
                .distinct()
                .toList();
    }

    /** Whether adapters may stand at a layer: one that libraries know by another name than files do is none to name. */
    default boolean adaptable(Parameter layer) {
        return true;
    }

    /** What the decoder of an encoder-decoder looks at: last hidden states {@code [batch, length, hidden]} of its encoder. */
    default NDArray source(Network network, Tokens tokens) {
        throw new UnsupportedOperationException(kind() + " has no encoder beside it");
    }

    /** The token that the decoder of an encoder-decoder reads first. */
    default int start() {
        throw new UnsupportedOperationException(kind() + " reads nothing before its text");
    }

    /** What stands on top for the task. */
    Head head();

    /** What the head gives for hidden states {@code [n, hidden]}: {@code [n, outputs]}, fp32. */
    default NDArray outputs(Network network, NDArray rows) {
        return Ops.fp32(head().outputs().apply(network, rows));
    }

    /** Tokens that a row may have at most. */
    int maxLength();

    /** Tokens that the model knows. */
    int vocabulary();

    /** The sizes that methods build by. */
    Geometry geometry();

    /** The modules that methods adapt unless told otherwise. */
    Targets targets();

    /** Standard deviation of freshly drawn weights. */
    double initializerRange();

    /** Standard deviation of one of them, where they differ. */
    default double initializerRange(Parameter parameter) {
        return initializerRange();
    }

    /** The same for weights in a file that holds some tensors, where the configuration doesn't tell which there are. */
    default Architecture holding(Set<String> tensors) {
        return this;
    }

    /** Whether a file's tensor that is no parameter may be passed over, as a buffer of an older release. */
    boolean ignores(String tensor);

    /** The name under which a file's tensor is known here, as when a file leaves out the model's prefix. */
    default String canonical(String tensor) {
        return tensor;
    }
}
