package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.Method.Lora.Variant;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Footprint.Addition;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.model.Quantization;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * LoRA (https://arxiv.org/abs/2106.09685), rsLoRA and DoRA: {@code y = Wx + s·B(A(drop x))}, W frozen. Computed and saved as
 * PEFT does.
 *
 * @param initial the folder of the adapter that it goes on from
 */
record Lora(LoraConfig config, double dropout, Optional<Quantization> quantization, Optional<Path> initial)
        implements Method {

    static final String TYPE = "LORA";

    private static final String TARGETS = "spec.method.lora.targets";

    /**
     * What a manifest sets.
     *
     * @param folders from the URI of an adapter to its folder
     */
    static Lora of(dev.attune.api.Method.Lora spec, Function<String, Path> folders) {
        var quantization = Optional.ofNullable(spec.quantization()).map(kind -> Quantization.valueOf(kind.name()));
        if (spec.initialFrom() == null) {
            return new Lora(LoraConfig.of(spec), spec.dropout(), quantization, Optional.empty());
        }
        var folder = folders.apply(spec.initialFrom());
        var method = Methods.of(folder);
        if (!(method instanceof Lora adapter)) {
            throw TrainerFailure.invalidManifest("spec.method.lora.initialFrom: %s holds an adapter of the method %s"
                    .formatted(spec.initialFrom(), method.name()));
        }
        adapter.config().requireAgreement(spec);
        return new Lora(adapter.config(), spec.dropout(), quantization, Optional.of(folder));
    }

    /** Reads PEFT's configuration of an adapter. */
    static Lora read(Path folder, JsonNode config) {
        return new Lora(
                LoraConfig.read(folder, config),
                config.path("lora_dropout").asDouble(),
                Optional.empty(),
                Optional.empty());
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
    public Optional<String> unmergeable(Architecture architecture) {
        var head = architecture.head().last();
        return layers(architecture).stream()
                        .filter(layer -> layer.role() == Role.EMBEDDING)
                        .anyMatch(layer -> layer.module().equals(head))
                ? Optional.of(
                        head + " is adapted as an embedding and is the output head as well, which is not: one weight"
                                + " can't be both")
                : Optional.empty();
    }

    @Override
    public List<Path> folders() {
        return initial.stream().toList();
    }

    @Override
    public Footprint footprint(Architecture architecture) {
        var layers = layers(architecture);
        return Footprint.ofAdapter(
                architecture,
                Peft.PREFIX,
                layers.stream()
                        .flatMap(layer -> LoraUpdate.shapes(layer, config.rank(layer.module()), isDora()).stream())
                        .toList(),
                layers.stream().map(this::addition).toList());
    }

    private boolean isDora() {
        return config.variant() == Variant.DORA;
    }

    /** Of a dropped input what is left is kept, and what it was multiplied by; DoRA stretches two outputs. */
    private Addition addition(Parameter layer) {
        var rank = config.rank(layer.module());
        var in = LoraUpdate.in(layer);
        var out = LoraUpdate.out(layer);
        var reads = layer.role() != Role.EMBEDDING;
        var dropped = reads && dropout > 0 ? 2 * in : 0;
        var stretched = isDora() ? 2 * out : 0;
        return new Addition(
                layer.module(),
                reads && dropout == 0,
                rank + dropped + stretched,
                rank + dropped + stretched + out,
                rank * (reads ? in + out : out));
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        var random = new Random(seed);
        var updates = new LinkedHashMap<String, LoraUpdate>();
        var layers = layers(model.architecture());
        try (var scope = Scope.withoutGradients()) {
            for (var layer : layers) {
                var module = layer.module();
                var update = LoraUpdate.fresh(layer, config.rank(module), config.scale(module), random);
                var whole = isDora() ? update.withMagnitude(model.weight(layer.name())) : update;
                whole.trainables().forEach(trainable -> scope.keep(trainable.array()));
                updates.put(module, whole);
            }
        }
        var adapted = Peft.adapted(
                model,
                new Adapter(model.network(), updates, model, dropout),
                new Adapter(model.network(), updates, model, 0),
                updates.values().stream().flatMap(u -> u.trainables().stream()).toList(),
                peft(model, layers),
                () -> merged(model, updates));
        initial.ifPresent(folder -> {
            Peft.requireHead(folder, model);
            adapted.load(folder);
        });
        return adapted;
    }

    private List<Parameter> layers(Architecture architecture) {
        var layers = Layers.linearAndEmbeddings(architecture).named(targets(architecture), TARGETS);
        config.requireUse(layers.stream().map(Parameter::module).toList());
        return layers;
    }

    private List<String> targets(Architecture architecture) {
        return config.targets().isEmpty() ? architecture.targets().lora() : config.targets();
    }

    private ObjectNode peft(Model model, List<Parameter> layers) {
        var json = Peft.config(model, TYPE);
        config.write(json);
        json.put("lora_dropout", dropout);
        json.put("fan_in_fan_out", layers.stream().anyMatch(layer -> layer.role() == Role.CONV1D));
        Layers.names(targets(model.architecture()), layers).forEach(json.putArray("target_modules")::add);
        return json;
    }

    private static Map<String, NDArray> merged(Model model, Map<String, LoraUpdate> updates) {
        var changes = new HashMap<String, UnaryOperator<NDArray>>();
        updates.values().forEach(update -> changes.put(update.layer().name(), update::foldedInto));
        return model.with(changes);
    }

    /** Adds the low-rank update to the layers that have one. */
    private record Adapter(Network base, Map<String, LoraUpdate> updates, Model model, double dropout)
            implements LinearAddition {

        @Override
        public NDArray embedding(String name, NDArray ids) {
            var update = updates.get(name);
            var y = base.embedding(name, ids);
            if (update == null) {
                return y;
            }
            return update.isDora() ? update.stretched(y, y, update.of(ids), weight(update)) : y.add(update.of(ids));
        }

        /** An embedding that serves as the output head, too, is adapted as the one and not as the other. */
        @Override
        public NDArray plus(String name, NDArray x, NDArray y) {
            var update = updates.get(name);
            if (update == null || update.layer().role() == Role.EMBEDDING) {
                return y;
            }
            var read = Ops.like(x, y);
            var input = dropout > 0 ? Ops.dropout(read, dropout) : read;
            if (!update.isDora()) {
                return y.add(update.of(input));
            }
            var weight = weight(update);
            return update.stretched(y, withoutBias(update, input, y, weight), update.of(input), weight);
        }

        private NDArray weight(LoraUpdate update) {
            return model.weight(update.layer().name());
        }

        /** What the weight alone makes of the update's input: of one that was dropped, it isn't what the layer gave. */
        private NDArray withoutBias(LoraUpdate update, NDArray input, NDArray y, NDArray weight) {
            if (dropout > 0) {
                return Ops.linear(input, update.turned(weight));
            }
            var bias = model.weights().get(update.layer().module() + ".bias");
            return bias == null ? y : y.sub(bias);
        }
    }
}
