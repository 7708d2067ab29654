package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** The mathematics of a family of models with one configuration; holds no weights. */
public interface Architecture {

    /** Every weight that a model of this configuration has, in the order of the network. */
    List<Parameter> parameters();

    /** Last hidden states {@code [batch, length, hidden]}, normalised. */
    NDArray hidden(Network network, Tokens tokens);

    /** Logits {@code [..., vocabulary]} of hidden states {@code [..., hidden]}. */
    NDArray logits(Network network, NDArray hidden);

    /** Tokens that a row may have at most. */
    int maxLength();

    /** Tokens that the model knows. */
    int vocabulary();

    /** Modules that LoRA adapts unless told otherwise, as the last part of their names. */
    List<String> loraTargets();

    /** Standard deviation of freshly drawn weights. */
    double initializerRange();

    /** Whether a file's tensor that is no parameter may be passed over, as a buffer of an older release. */
    boolean ignores(String tensor);

    /** The name under which a file's tensor is known here, as when a file leaves out the model's prefix. */
    default String canonical(String tensor) {
        return tensor;
    }
}
