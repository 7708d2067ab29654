package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

        static Scaling ones(Parameter layer, boolean input) {
            var shape = input ? new Shape(1, layer.in()) : new Shape(layer.out(), 1);
            return new Scaling(layer, Torch.manager().ones(shape), input);
        }

        NDArray times(NDArray x) {
            return x.mul(vector.flatten());
        }

        /** The weight with the vector folded in; it broadcasts as it is saved, but against a weight that lies turned. */
        NDArray foldedInto(NDArray weight) {
            return weight.mul(layer.role() == Role.CONV1D ? vector.transpose() : vector);
        }
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        var all = Layers.linear(model);
        var own = targets.isEmpty();
        var chosen = own ? model.architecture().targets().ia3() : targets;
        var inward =
                own && feedForward.isEmpty() ? model.architecture().targets().ia3FeedForward() : feedForward;
        var layers = all.named(chosen, "spec.method.ia3.targets");
        requireTargets(inward, layers);
        var scalings = new LinkedHashMap<String, Scaling>();
        layers.forEach(layer ->
                scalings.put(layer.module(), Scaling.ones(layer, inward.stream().anyMatch(layer.module()::endsWith))));
        var network = new Scaled(model.network(), scalings);
        return Peft.adapted(
                model,
                network,
                network,
                scalings.values().stream()
                        .map(s -> new Trainable(Peft.PREFIX + s.layer().module() + ".ia3_l", s.vector(), true))
                        .toList(),
                config(model, chosen, inward, layers),
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

    private static ObjectNode config(Model model, List<String> chosen, List<String> inward, List<Parameter> layers) {
        var config = Peft.config(model, TYPE);
        config.put("fan_in_fan_out", layers.stream().anyMatch(layer -> layer.role() == Role.CONV1D));
        Layers.names(chosen, layers).forEach(config.putArray("target_modules")::add);
        inward.forEach(config.putArray("feedforward_modules")::add);
        return config;
    }

    private static Map<String, NDArray> merged(Model model, Map<String, Scaling> scalings) {
        try (var scope = Scope.withoutGradients()) {
            var weights = new LinkedHashMap<>(model.weights());
            scalings.forEach((module, scaling) -> {
                weights.computeIfPresent(module + ".weight", (name, weight) -> scope.keep(scaling.foldedInto(weight)));
                if (!scaling.input()) {
                    weights.computeIfPresent(module + ".bias", (name, bias) -> scope.keep(scaling.times(bias)));
                }
            });
            return weights;
        }
    }

    /** Scales what the chosen layers take or give. */
    private record Scaled(Network base, Map<String, Scaling> scalings) implements NetworkDecorator {

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
