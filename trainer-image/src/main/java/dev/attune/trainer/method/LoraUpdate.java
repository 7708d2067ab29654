package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.method.Footprint.Trained;
import dev.attune.trainer.model.Draw;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What LoRA puts beside one layer, whose weight is {@code [out, in]} when turned: {@code scale·B·A}, and in DoRA the length of
 * each row of the sum. An embedding's inputs are its rows.
 *
 * @param a {@code [rank, in]}
 * @param b {@code [out, rank]}
 * @param magnitude DoRA's {@code [out]}; {@code null}: the sum is taken as it is
 */
record LoraUpdate(Parameter layer, NDArray a, NDArray b, NDArray magnitude, double scale) {

    /** An update of nothing: of a linear layer B is 0 and A uniform within ±1/√in; of an embedding A is 0 and B normal. */
    static LoraUpdate fresh(Parameter layer, int rank, double scale, Random random) {
        var a = new Shape(rank, in(layer));
        var b = new Shape(out(layer), rank);
        return layer.role() == Role.EMBEDDING
                ? new LoraUpdate(layer, Torch.manager().zeros(a), Draw.normal(b, 1, random), null, scale)
                : new LoraUpdate(
                        layer,
                        Draw.linear(a, in(layer), random),
                        Torch.manager().zeros(b),
                        null,
                        scale);
    }

    /** The names and shapes that PEFT saves of an update. */
    static List<Trained> shapes(Parameter layer, int rank, boolean dora) {
        var shapes = new ArrayList<Trained>();
        shapes.add(new Trained(a(layer), new Shape(rank, in(layer))));
        shapes.add(new Trained(b(layer), new Shape(out(layer), rank)));
        if (dora) {
            shapes.add(new Trained(magnitude(layer), new Shape(out(layer))));
        }
        return shapes;
    }

    private static String a(Parameter layer) {
        return Peft.PREFIX + layer.module() + (layer.role() == Role.EMBEDDING ? ".lora_embedding_A" : ".lora_A.weight");
    }

    private static String b(Parameter layer) {
        return Peft.PREFIX + layer.module() + (layer.role() == Role.EMBEDDING ? ".lora_embedding_B" : ".lora_B.weight");
    }

    private static String magnitude(Parameter layer) {
        return Peft.PREFIX + layer.module() + ".lora_magnitude_vector";
    }

    static long in(Parameter layer) {
        return layer.role() == Role.LINEAR
                ? layer.shape().get(1)
                : layer.shape().get(0);
    }

    static long out(Parameter layer) {
        return layer.role() == Role.LINEAR
                ? layer.shape().get(0)
                : layer.shape().get(1);
    }

    /** The same, with the lengths that the rows have now. */
    LoraUpdate withMagnitude(NDArray weight) {
        return new LoraUpdate(layer, a, b, length(weight), scale);
    }

    boolean isDora() {
        return magnitude != null;
    }

    /** The names and arrays that PEFT saves. */
    List<Trainable> trainables() {
        var trainables = new ArrayList<Trainable>();
        trainables.add(new Trainable(a(layer), a, true));
        trainables.add(new Trainable(b(layer), b, true));
        if (isDora()) {
            trainables.add(new Trainable(magnitude(layer), magnitude, true));
        }
        return trainables;
    }

    /** What the update gives for an input {@code [..., in]}, or for the ids of an embedding: {@code [..., out]}. */
    NDArray of(NDArray input) {
        return layer.role() == Role.EMBEDDING
                ? Ops.lowRankEmbedding(input, a, b, scale)
                : Ops.lowRank(input, a, b, scale);
    }

    /** Each output of the sum, made as long as DoRA wants it; the lengths that the rows have now get no gradient. */
    NDArray stretched(NDArray y, NDArray withoutBias, NDArray update, NDArray weight) {
        return Ops.dora(y, withoutBias, update, magnitude, length(weight));
    }

    /** The weight as {@code [out, in]}, sharing memory. */
    NDArray turned(NDArray weight) {
        return layer.role() == Role.LINEAR ? weight : weight.transpose();
    }

    private NDArray length(NDArray weight) {
        return Ops.rowNorms(turned(weight), a, b, scale);
    }

    /** The weight with the update folded in, in the weight's own layout. */
    NDArray foldedInto(NDArray weight) {
        var sum = turned(weight).add(Ops.scale(b.matMul(a), scale));
        var folded = isDora() ? sum.mul(magnitude.div(length(weight)).expandDims(1)) : sum;
        return layer.role() == Role.LINEAR ? folded : folded.transpose();
    }
}
