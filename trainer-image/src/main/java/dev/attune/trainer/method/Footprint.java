package dev.attune.trainer.method;

import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a method asks of a model, told from shapes alone.
 *
 * @param trained what training changes, as {@link Adapted#trainables} has it
 * @param own names of the model's own weights among them
 * @param additions what is computed beside the model's layers, for each token
 * @param virtualTokens how many stand in front of every text
 * @param keysInFront how many keys stand in front of every self-attention
 */
public record Footprint(
        List<Trained> trained, Set<String> own, List<Addition> additions, int virtualTokens, int keysInFront) {

    /** An array that is trained, under the name that it is saved by. */
    public record Trained(String name, Shape shape) {}

    /**
     * What is computed beside a module for each token.
     *
     * @param module a linear layer, or one of the model's layers
     * @param input whether what the module reads is kept for the gradient
     * @param kept numbers that are kept for the gradient beside that
     * @param made numbers that it makes, kept or not
     * @param weights numbers that a token is multiplied by
     */
    public record Addition(String module, boolean input, long kept, long made, long weights) {}

    /** That of a method which trains weights of the model and nothing beside them. */
    static Footprint ofOwn(List<Parameter> parameters) {
        return new Footprint(
                parameters.stream().map(p -> new Trained(p.name(), p.shape())).toList(),
                names(parameters),
                List.of(),
                0,
                0);
    }

    /** That of an adapter, with which the head of the task is trained. */
    static Footprint ofAdapter(
            Architecture architecture, String prefix, List<Trained> trained, List<Addition> additions) {
        var head = Peft.headKept(architecture);
        var all = new ArrayList<>(trained);
        head.forEach(p -> all.add(new Trained(prefix + p.name(), p.shape())));
        return new Footprint(List.copyOf(all), names(head), additions, 0, 0);
    }

    /** The same with something in front of every text. */
    Footprint behind(int tokens, int keys) {
        return new Footprint(trained, own, additions, tokens, keys);
    }

    private static Set<String> names(List<Parameter> parameters) {
        return parameters.stream().map(Parameter::name).collect(Collectors.toUnmodifiableSet());
    }

    /** How many numbers are trained. */
    public long size() {
        return trained.stream().mapToLong(array -> array.shape().size()).sum();
    }

    /** How many of the model's lowest layers, and all below them, hold nothing that is trained; all but one at most. */
    public int frozenLayers(Architecture architecture) {
        return frozenLayers(architecture, trained.stream().map(Trained::name).toList());
    }

    static int frozenLayers(Architecture architecture, List<String> trained) {
        var layers = architecture.layerNames();
        var onTop = architecture.parameters().stream()
                .dropWhile(parameter -> parameter.layer().isEmpty())
                .filter(parameter -> parameter.layer().isEmpty())
                .map(Parameter::module)
                .toList();
        return trained.stream()
                .mapToInt(name -> IntStream.range(0, layers.size())
                        .filter(layer -> name.contains(layers.get(layer) + "."))
                        .findFirst()
                        .orElseGet(() -> onTop.stream().anyMatch(name::contains) ? layers.size() - 1 : 0))
                .min()
                .orElse(0);
    }
}
