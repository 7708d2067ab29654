package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Head;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A head of an encoder, whose first layers may come with the model or not.
 *
 * @param head as it is when the model brings its first layers along
 * @param first modules of those layers: adapters have to keep them where they aren't the model's
 */
record EncoderHead(Head head, List<String> first) {

    /** The module that scores texts. */
    static final String TEXT = "classifier";

    private static final String ANSWERS = "qa_outputs";

    /** What a head reads and gives. */
    record Size(int hidden, int outputs) {}

    /** The head on a model whose file holds some tensors. */
    EncoderHead holding(Set<String> tensors) {
        var modules = new ArrayList<>(head.modules());
        first.stream()
                .filter(module -> tensors.stream().noneMatch(tensor -> tensor.startsWith(module + ".")))
                .forEach(modules::add);
        return new EncoderHead(
                new Head(head.modelClass(), head.parameters(), List.copyOf(modules), head.last(), head.outputs()),
                first);
    }

    /**
     * Scores of tokens by their embeddings, of states that pass a linear layer, an activation and a norm before.
     *
     * @param embedding the module of the tokens' embeddings
     * @param bias the name of the scores' bias
     */
    static EncoderHead vocabulary(
            String modelClass,
            Size size,
            String dense,
            UnaryOperator<NDArray> activation,
            String norm,
            double epsilon,
            String embedding,
            String bias) {
        var parameters = new ArrayList<>(Parameter.linear(dense, size.hidden, size.hidden, true));
        parameters.addAll(Parameter.layerNorm(norm, size.hidden));
        parameters.add(new Parameter(bias, new Shape(size.outputs), Role.BIAS));
        var head = new Head(modelClass, List.copyOf(parameters), List.of(), embedding, (network, rows) -> {
            var transformed = activation.apply(network.linear(dense, rows));
            var scores = network.linear(embedding, network.layerNorm(norm, transformed, epsilon));
            return scores.add(network.parameter(bias));
        });
        return new EncoderHead(head, List.of(dense, norm));
    }

    /** Scores of a whole text by its first token, whose state passes a linear layer and an activation before. */
    static EncoderHead text(
            String modelClass, Size size, String dense, UnaryOperator<NDArray> activation, String last) {
        var parameters = new ArrayList<>(Parameter.linear(dense, size.hidden, size.hidden, true));
        parameters.addAll(Parameter.linear(last, size.hidden, size.outputs, true));
        var head = new Head(
                modelClass,
                List.copyOf(parameters),
                List.of(TEXT),
                last,
                (network, rows) -> network.linear(last, activation.apply(network.linear(dense, rows))));
        return new EncoderHead(head, dense.startsWith(TEXT + ".") ? List.of() : List.of(dense));
    }

    /** That an answer begins at a token, and that it ends there. */
    static EncoderHead answers(String modelClass, Size size) {
        var parameters = Parameter.linear(ANSWERS, size.hidden, size.outputs, true);
        return new EncoderHead(Head.linear(modelClass, ANSWERS, parameters, List.of(ANSWERS)), List.of());
    }
}
