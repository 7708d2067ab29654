package dev.attune.trainer.model;

import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import java.util.regex.Pattern;

/** A weight that an architecture has: its name in Hugging Face's layout, its shape, and what it is. */
public record Parameter(String name, Shape shape, Role role) {

    private static final Pattern LAYER = Pattern.compile("(.*?\\.\\d+)\\.");

    /** What a weight is; decides how it starts, whether it decays, and which methods can adapt it. */
    public enum Role {
        /** {@code [out, in]}. */
        LINEAR,
        /** {@code [in, out]}, as GPT-2 keeps its linear layers. */
        CONV1D,
        /** {@code [rows, hidden]}. */
        EMBEDDING,
        /** Added; starts at 0 and doesn't decay. */
        BIAS,
        /** Scale of a normalisation; starts at 1 and doesn't decay. */
        NORM
    }

    /** Whether weight decay is for it, as in Hugging Face's Trainer, which takes T5's embedding of distances for a bias. */
    public boolean decays() {
        return role != Role.BIAS && role != Role.NORM && !name.contains("bias");
    }

    /** The module that holds it: the name without its last part. */
    public String module() {
        return name.substring(0, name.lastIndexOf('.'));
    }

    /** The layer of the model that holds it: the name up to its first number, if it has one. */
    public Optional<String> layer() {
        var layer = LAYER.matcher(name);
        return layer.lookingAt() ? Optional.of(layer.group(1)) : Optional.empty();
    }

    /** Inputs of a linear layer. */
    public long in() {
        return role == Role.CONV1D ? shape.get(0) : shape.get(1);
    }

    /** Outputs of a linear layer. */
    public long out() {
        return role == Role.CONV1D ? shape.get(1) : shape.get(0);
    }
}
