package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Footprint.Addition;
import dev.attune.trainer.method.Footprint.Trained;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.tensor.Torch;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * IA3 (https://arxiv.org/abs/2205.05638): what a layer gives is scaled by a learned vector of ones, {@code y = l ⊙ (Wx + b)};
 * of a feed-forward layer what it takes, {@code y = W(l ⊙ x) + b}. Computed and saved as PEFT does.
 *
 * @param targets last parts of module names, or whole ones; empty: the architecture's own choice
 * @param feedForward those whose input is scaled, in the same way
 */
record Ia3(List<String> targets, List<String> feedForward) implements Method {

    static final String TYPE = "IA3";

    static Ia3 of(dev.attune.api.Method.Ia3 spec) {
        return new Ia3(orNone(spec.targets()), orNone(spec.feedForwardTargets()));
    }

    private static List<String> orNone(List<String> names) {
        return names == null ? List.of() : names;
    }

    /** Reads PEFT's configuration of an adapter. */
    static Ia3 read(Path folder, JsonNode config) {
        if (config.hasNonNull("exclude_modules")
                || !config.path("target_modules").isArray()) {
            throw TrainerFailure.invalidModel(
                    "%s/%s: target_modules and feedforward_modules must be lists of names, exclude_modules unset"
                            .formatted(folder, AdapterFiles.CONFIG));
        }
        return new Ia3(Peft.names(config.path("target_modules")), Peft.names(config.path("feedforward_modules")));
    }

    @Override
    public String name() {
        return "ia3";
    }

    @Override
    public double learningRate() {
        return 3e-3;
    }

    /** A vector: {@code [out, 1]} for what a layer gives, {@code [1, in]} for what it takes. */
    private record Scaling(Parameter layer, NDArray vector, boolean input) {

        static Scaling ones(Scaled scaled) {
            return new Scaling(scaled.layer(), Torch.manager().ones(scaled.shape()), scaled.input());
        }

        NDArray times(NDArray x) {
            return x.mul(vector.flatten());
        }

        /** The weight with the vector folded in; it broadcasts as it is saved, but against a weight that lies turned. */
        NDArray foldedInto(NDArray weight) {
            return weight.mul(layer.role() == Role.CONV1D ? vector.transpose() : vector);
        }
    }

    /** A layer, and whether what it takes is scaled rather than what it gives. */
    private record Scaled(Parameter layer, boolean input) {

        Shape shape() {
            return input ? new Shape(1, layer.in()) : new Shape(layer.out(), 1);
        }

        String name() {
            return Peft.PREFIX + layer.module() + ".ia3_l";
        }

        /** What is scaled is kept. */
        Addition addition() {
            return new Addition(layer.module(), input, input ? 0 : layer.out(), shape().size(), shape().size());
        }
    }

    @Override
    public Footprint footprint(Architecture architecture) {
        var scaled = scaled(architecture);
        return Footprint.ofAdapter(
                architecture,
                Peft.PREFIX,
                scaled.stream().map(s -> new Trained(s.name(), s.shape())).toList(),
                scaled.stream().map(Scaled::addition).toList());
    }

    private List<String> chosen(Architecture architecture) {
        return targets.isEmpty() ? architecture.targets().ia3() : targets;
    }

    private List<String> inward(Architecture architecture) {
        return targets.isEmpty() && feedForward.isEmpty()
                ? architecture.targets().ia3FeedForward()
                : feedForward;
    }

    private List<Scaled> scaled(Architecture architecture) {
        var layers = Layers.linear(architecture).named(chosen(architecture), "spec.method.ia3.targets");
        var inward = inward(architecture);
        requireTargets(inward, layers);
        return layers.stream()
                .map(layer -> new Scaled(layer, inward.stream().anyMatch(layer.module()::endsWith)))
                .toList();
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        var scaled = scaled(model.architecture());
        var scalings = new LinkedHashMap<String, Scaling>();
        scaled.forEach(each -> scalings.put(each.layer().module(), Scaling.ones(each)));
        var network = new Scaler(model.network(), scalings);
        return Peft.adapted(
                model,
                network,
                network,
                scaled.stream()
                        .map(each -> new Trainable(
                                each.name(), scalings.get(each.layer().module()).vector(), true))
                        .toList(),
                config(model, scaled.stream().map(Scaled::layer).toList()),
                () -> merged(model, scalings));
    }

    private static void requireTargets(List<String> inward, List<Parameter> layers) {
        inward.stream()
                .filter(name ->
                        layers.stream().noneMatch(layer -> layer.module().endsWith(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw TrainerFailure.invalidManifest(
                            "spec.method.ia3.feedForwardTargets: %s is none of the targets: add it to targets, too"
                                    .formatted(name));
                });
    }

    private ObjectNode config(Model model, List<Parameter> layers) {
        var config = Peft.config(model, TYPE);
        config.put("fan_in_fan_out", layers.stream().anyMatch(layer -> layer.role() == Role.CONV1D));
        Layers.names(chosen(model.architecture()), layers).forEach(config.putArray("target_modules")::add);
        inward(model.architecture()).forEach(config.putArray("feedforward_modules")::add);
        return config;
    }

    private static Map<String, NDArray> merged(Model model, Map<String, Scaling> scalings) {
        var changes = new HashMap<String, UnaryOperator<NDArray>>();
        scalings.forEach((module, scaling) -> {
            changes.put(module + ".weight", scaling::foldedInto);
            if (!scaling.input()) {
                changes.put(module + ".bias", scaling::times);
            }
        });
        return model.with(changes);
    }

    /** Scales what the chosen layers take or give. */
    private record Scaler(Network base, Map<String, Scaling> scalings) implements NetworkDecorator {

        private interface Layer {
            NDArray of(String name, NDArray x);
        }

        @Override
        public NDArray linear(String name, NDArray x) {
            return scaled(name, x, base::linear);
        }

        @Override
        public NDArray conv1d(String name, NDArray x) {
            return scaled(name, x, base::conv1d);
        }

        private NDArray scaled(String name, NDArray x, Layer layer) {
            var scaling = scalings.get(name);
            if (scaling == null) {
                return layer.of(name, x);
            }
            return scaling.input() ? layer.of(name, scaling.times(x)) : scaling.times(layer.of(name, x));
        }
    }
}
