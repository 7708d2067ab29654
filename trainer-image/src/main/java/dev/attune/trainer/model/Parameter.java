package dev.attune.trainer.model;

import ai.djl.ndarray.types.Shape;
import java.util.List;
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

    /** The weights of a linear layer, {@code [out, in]} and, if it has one, the bias {@code [out]}. */
    public static List<Parameter> linear(String module, long in, long out, boolean bias) {
        var weight = new Parameter(module + ".weight", new Shape(out, in), Role.LINEAR);
        return bias ? List.of(weight, new Parameter(module + ".bias", new Shape(out), Role.BIAS)) : List.of(weight);
    }

    /** The weights of a layer normalisation, {@code [width]} each. */
    public static List<Parameter> layerNorm(String module, long width) {
        return List.of(
                new Parameter(module + ".weight", new Shape(width), Role.NORM),
                new Parameter(module + ".bias", new Shape(width), Role.BIAS));
    }

    /** Whether weight decay is for it, as in Hugging Face's Trainer, which takes T5's embedding of distances for a bias. */
    public boolean decays() {
        return role != Role.BIAS && role != Role.NORM && !name.contains("bias");
    }

    /** Whether it is one of the many numbers of a layer or an embedding, rather than one for each output. */
    public boolean isMatrix() {
        return role != Role.BIAS && role != Role.NORM;
    }

    /** Whether it is the matrix of a linear layer. */
    public boolean isLinear() {
        return role == Role.LINEAR || role == Role.CONV1D;
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
