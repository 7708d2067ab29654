package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * LoRA (https://arxiv.org/abs/2106.09685): {@code y = Wx + s·B(A(drop x))} with {@code s = alpha / rank}; A starts
 * uniform within ±1/√in, B at 0. Saved as PEFT saves it.
 *
 * @param targets last parts of module names, or whole ones; empty: the architecture's own choice
 */
record Lora(int rank, double alpha, double dropout, List<String> targets) implements Method {

    static Lora of(dev.attune.api.Method.Lora spec) {
        var alpha = spec.alpha() == null ? spec.rank() : spec.alpha();
        return new Lora(spec.rank(), alpha, spec.dropout(), spec.targets() == null ? List.of() : spec.targets());
    }

    @Override
    public String name() {
        return "lora";
    }

    @Override
    public double learningRate() {
        return 2e-4;
    }

    @Override
    public boolean needsWeights() {
        return true;
    }

    /** The pair of matrices beside one linear layer: a {@code [rank, in]}, b {@code [out, rank]}. */
    private record Update(Parameter layer, NDArray a, NDArray b) {}

    @Override
    public boolean hasAdapter() {
        return true;
    }

    @Override
    public boolean merges() {
        return true;
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        var random = new Random(seed);
        var updates = new LinkedHashMap<String, Update>();
        for (var layer : layers(model)) {
            updates.put(layer.module(), fresh(layer, random));
        }
        var base = new WeightsNetwork(model.weights());
        var scale = alpha / rank;
        return Peft.adapted(
                model,
                new Adapter(base, updates, scale, dropout),
                new Adapter(base, updates, scale, 0),
                trainables(updates),
                config(model),
                () -> merged(model, updates, scale));
    }

    private List<Parameter> layers(Model model) {
        var candidates = model.architecture().parameters().stream()
                .filter(p -> p.role() == Role.LINEAR || p.role() == Role.CONV1D)
                .toList();
        var chosen = new ArrayList<Parameter>();
        for (var target : chosenTargets(model)) {
            var matching = candidates.stream()
                    .filter(layer ->
                            layer.module().equals(target) || layer.module().endsWith("." + target))
                    .toList();
            if (matching.isEmpty()) {
                throw TrainerFailure.invalidManifest(
                        "spec.method.lora.targets: no linear layer of the model is named %s; there are %s"
                                .formatted(target, lastParts(candidates)));
            }
            chosen.addAll(matching);
        }
        return candidates.stream().filter(chosen::contains).toList();
    }

    private List<String> chosenTargets(Model model) {
        return targets.isEmpty() ? model.architecture().targets().lora() : targets;
    }

    private static String lastParts(List<Parameter> layers) {
        return layers.stream()
                .map(layer -> layer.module().substring(layer.module().lastIndexOf('.') + 1))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private Update fresh(Parameter layer, Random random) {
        var bound = 1 / Math.sqrt(layer.in());
        var numbers = new float[Math.toIntExact(rank * layer.in())];
        for (var i = 0; i < numbers.length; i++) {
            numbers[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        var a = Torch.manager().create(numbers, new Shape(rank, layer.in()));
        var b = Torch.manager().zeros(new Shape(layer.out(), rank));
        return new Update(layer, a, b);
    }

    private static List<Trainable> trainables(Map<String, Update> updates) {
        var trainables = new ArrayList<Trainable>();
        updates.forEach((module, update) -> {
            trainables.add(new Trainable(Peft.PREFIX + module + ".lora_A.weight", update.a(), true));
            trainables.add(new Trainable(Peft.PREFIX + module + ".lora_B.weight", update.b(), true));
        });
        return List.copyOf(trainables);
    }

    private ObjectNode config(Model model) {
        var config = Peft.config(model, "LORA");
        config.put("r", rank);
        config.put("lora_alpha", alpha);
        config.put("lora_dropout", dropout);
        config.put("fan_in_fan_out", layers(model).get(0).role() == Role.CONV1D);
        config.put("bias", "none");
        chosenTargets(model).forEach(config.putArray("target_modules")::add);
        return config;
    }

    private static Map<String, NDArray> merged(Model model, Map<String, Update> updates, double scale) {
        try (var scope = Scope.withoutGradients()) {
            var weights = new LinkedHashMap<>(model.weights());
            updates.values().forEach(update -> {
                var delta = update.b().matMul(update.a()).mul(scale);
                var added = update.layer().role() == Role.CONV1D ? delta.transpose() : delta;
                weights.computeIfPresent(update.layer().name(), (name, weight) -> scope.keep(weight.add(added)));
            });
            return weights;
        }
    }

    /** Adds the low-rank update to the layers that have one. */
    private record Adapter(Network base, Map<String, Update> updates, double scale, double dropout)
            implements NetworkDecorator {

        @Override
        public NDArray linear(String name, NDArray x) {
            return plus(name, x, base.linear(name, x));
        }

        @Override
        public NDArray conv1d(String name, NDArray x) {
            return plus(name, x, base.conv1d(name, x));
        }

        private NDArray plus(String name, NDArray x, NDArray y) {
            var update = updates.get(name);
            if (update == null) {
                return y;
            }
            var input = dropout > 0 ? Ops.dropout(x, dropout) : x;
            return y.add(Ops.lowRank(input, update.a(), update.b(), scale));
        }
    }
}
