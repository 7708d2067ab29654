package dev.attune.trainer.estimate;

import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.estimate.Family.Part;
import dev.attune.trainer.estimate.Workload.Layer;
import dev.attune.trainer.estimate.Workload.Numbers;
import dev.attune.trainer.method.Footprint;
import dev.attune.trainer.method.Footprint.Addition;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Quantization;
import dev.attune.trainer.model.Task;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A model and what is to become of it, as far as shapes tell: no weight is needed.
 *
 * @param modelType its configuration's {@code model_type}
 * @param task what it is asked for
 * @param writes whether it writes at the end, and what it was before training does as well
 * @param compared rows of what a head gives by which a merged model is compared; 0: what was learnt is kept apart
 * @param texts what it is learnt from and judged by
 * @param tokenizer bytes of its tokenizer's file
 */
public record Outline(
        String modelType,
        Architecture architecture,
        Task task,
        boolean writes,
        long compared,
        Texts texts,
        long tokenizer) {

    /** Arrays of states of an attention, and of a feed-forward network: what a norm gave, and a sum. */
    private static final long STATES = 2;

    /** How often the rows that are compared are there: of both models, as their difference, and as its size. */
    private static final long COMPARISONS = 4;

    private static final Set<Part> ATTENTION = Set.of(Part.READING, Part.WRITING);

    /** Arrays of states that the decoder of an encoder-decoder passes on: its own and the encoder's. */
    private static final long PASSED_ON = 2;

    /**
     * All texts for which something may be remembered.
     *
     * @param number for a head that is trained alone
     * @param tokens for layers on top that are; 0 where the lowest ones are computed at every step
     */
    public record Texts(long number, long tokens) {

        /** Nobody has read them. */
        public static final Texts UNREAD = new Texts(0, 0);
    }

    /**
     * How it is trained.
     *
     * @param texts of a step
     * @param atOnce texts computed at once
     * @param length tokens of a text at most
     * @param checkpointing whether layers are computed again for their gradients
     * @param half whether bf16 is multiplied
     * @param moments what is remembered of each number that is trained
     */
    public record Training(int texts, int atOnce, int length, boolean checkpointing, boolean half, Moments moments) {

        Training by(int fewer) {
            return new Training(texts, fewer, length, checkpointing, half, moments);
        }

        Training upTo(int shorter) {
            return new Training(texts, atOnce, shorter, checkpointing, half, moments);
        }

        Training coding() {
            return new Training(texts, atOnce, length, checkpointing, half, Moments.ADAMW8BIT);
        }

        Training recomputing() {
            return new Training(texts, atOnce, length, true, half, moments);
        }
    }

    /** Shapes {@code [out, in]} of the linear layers of the model's lowest layer. */
    public List<Shape> products() {
        var lowest = Optional.of(architecture.layerNames().get(0));
        return architecture.parameters().stream()
                .filter(parameter -> parameter.layer().equals(lowest) && parameter.isLinear())
                .map(parameter -> new Shape(parameter.out(), parameter.in()))
                .toList();
    }

    /** Adapted by a method, in numbers; what the method refuses is refused. */
    public Workload workload(Method method, Training training) {
        var footprint = method.footprint(architecture);
        var quantization = method.quantization();
        var alone = task.ofWholeText()
                && footprint.additions().isEmpty()
                && headNames().containsAll(footprint.own())
                && footprint.own().size() == footprint.trained().size();
        var head = head(footprint, alone);
        var layers = layers(footprint, alone, training.half());
        return new Workload(
                weights(footprint, quantization, training.half()),
                trained(method, footprint, training.moments()),
                layers,
                head,
                new Workload.Batch(
                        training.texts(),
                        training.atOnce(),
                        Math.min(training.length(), architecture.maxLength() - method.places()),
                        footprint.virtualTokens(),
                        footprint.keysInFront()),
                new Workload.Beside(again(method, footprint, head), remembered(layers, alone), tokenizer),
                training.checkpointing() && !alone || quantization.isPresent(),
                training.half());
    }

    /** What is merged lies beside what was trained, to be compared with it. */
    private long again(Method method, Footprint footprint, Workload.Head head) {
        if (!method.hasAdapter()) {
            return writes ? size(parameter -> true) : 0;
        }
        if (compared == 0) {
            return 0;
        }
        var adapted = footprint.additions().stream().map(Addition::module).collect(Collectors.toSet());
        return size(parameter -> parameter.isMatrix() && adapted.contains(parameter.module()))
                + size(coded(method.quantization()))
                + COMPARISONS * compared * head.outputs();
    }

    private long remembered(List<Layer> layers, boolean alone) {
        var below = layers.get(0).learns() ? 0 : texts.tokens();
        return (alone ? texts.number() : below) * architecture.geometry().hidden();
    }

    private Predicate<Parameter> coded(Optional<Quantization> quantization) {
        return parameter -> quantization.isPresent() && Quantization.replaces(architecture, parameter);
    }

    private List<String> headNames() {
        return architecture.head().parameters().stream().map(Parameter::name).toList();
    }

    private Workload.Weights weights(Footprint footprint, Optional<Quantization> quantization, boolean half) {
        var coded = coded(quantization);
        return new Workload.Weights(
                size(parameter -> true),
                size(coded),
                quantization.map(Quantization::bits).orElse(0),
                half
                        ? size(parameter -> parameter.isMatrix()
                                && !coded.test(parameter)
                                && !footprint.own().contains(parameter.name()))
                        : 0);
    }

    private long size(Predicate<Parameter> which) {
        return architecture.parameters().stream()
                .filter(which)
                .mapToLong(parameter -> parameter.shape().size())
                .sum();
    }

    private Workload.Trained trained(Method method, Footprint footprint, Moments moments) {
        return new Workload.Trained(
                footprint.size(),
                footprint.trained().stream()
                        .mapToLong(array -> array.shape().size())
                        .max()
                        .orElse(0),
                method.hasAdapter(),
                moments);
    }

    private List<Layer> layers(Footprint footprint, boolean alone, boolean half) {
        var names = architecture.layerNames();
        var lowest = alone ? names.size() : footprint.frozenLayers(architecture);
        return IntStream.range(0, names.size())
                .mapToObj(place -> layer(names.get(place), footprint, place >= lowest, half))
                .toList();
    }

    private Layer layer(String name, Footprint footprint, boolean learns, boolean half) {
        var own = architecture.parameters().stream()
                .filter(parameter -> parameter.layer().equals(Optional.of(name)))
                .toList();
        var additions = footprint.additions().stream()
                .filter(addition -> (addition.module() + ".").startsWith(name + "."))
                .toList();
        var parts = new Parts(Family.of(modelType), own, footprint, half);
        var hidden = architecture.geometry().hidden();
        var attentions = parts.count(Part.WRITING);
        var passedOn = attentions > 1 ? PASSED_ON * hidden : 0;
        var inner = parts.count(Part.UP) * parts.in(Part.DOWN);
        return new Layer(
                hidden,
                parts.in(Part.WRITING),
                new Numbers(
                        attentions * STATES * hidden + passedOn,
                        parts.out(Part.READING)
                                + parts.out(Part.WRITING)
                                + attentions * parts.attention()
                                + made(additions, true)),
                new Numbers(
                        STATES * hidden, parts.out(Part.UP) + inner + parts.out(Part.DOWN) + made(additions, false)),
                parts.learnt()
                        .plus(new Numbers(
                                0, additions.stream().mapToLong(Addition::kept).sum())),
                parts.matrices(parameter -> true),
                parts.matrices(parameter -> footprint.own().contains(parameter.name())),
                additions.stream().mapToLong(Addition::weights).sum(),
                learns);
    }

    /** What additions to attention make, or all others. */
    private long made(List<Addition> additions, boolean toAttention) {
        var family = Family.of(modelType);
        return additions.stream()
                .filter(addition -> ATTENTION.contains(family.part(addition.module())) == toAttention)
                .mapToLong(Addition::made)
                .sum();
    }

    private Workload.Head head(Footprint footprint, boolean alone) {
        var head = architecture.head();
        var weights = architecture.parameters().stream()
                .filter(Parameter::isMatrix)
                .filter(p -> p.module().equals(head.last()) || head.parameters().contains(p))
                .toList();
        var last = weights.stream()
                .filter(parameter -> parameter.module().equals(head.last()))
                .findFirst()
                .orElseThrow();
        return new Workload.Head(
                architecture.geometry().hidden(),
                last.out(),
                weights.stream().mapToLong(p -> p.shape().size()).sum(),
                weights.stream()
                        .filter(p -> footprint.own().contains(p.name()))
                        .mapToLong(p -> p.shape().size())
                        .sum(),
                task.ofWholeText(),
                architecture.readsTextsInARow(),
                alone);
    }
}
