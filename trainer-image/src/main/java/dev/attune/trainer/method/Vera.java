package dev.attune.trainer.method;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Footprint.Addition;
import dev.attune.trainer.method.Footprint.Trained;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * VeRA (https://arxiv.org/abs/2310.11454): {@code y = Wx + b ⊙ B(d ⊙ Ax)}, where all layers share the frozen random A and B,
 * and the vectors b and d of each are trained. Computed and saved as PEFT does, which draws the same A and B from a key.
 *
 * @param targets last parts of module names, or whole ones; empty: those of LoRA
 * @param initial what d starts as; b starts as 0
 * @param key what A and B are drawn from
 * @param file an adapter's that holds A and B; empty: they are drawn
 */
record Vera(int rank, List<String> targets, float initial, int key, Optional<Path> file) implements Method {

    static final String TYPE = "VERA";

    private static final String A = "base_model.vera_A";
    private static final String B = "base_model.vera_B";

    static Vera of(dev.attune.api.Method.Vera spec) {
        return new Vera(spec.rank(), spec.targets() == null ? List.of() : spec.targets(), 0.1f, 0, Optional.empty());
    }

    /** Reads PEFT's configuration of an adapter, and refuses what would change its mathematics. */
    static Vera read(Path folder, JsonNode config) {
        Stream.of("exclude_modules", "layers_to_transform")
                .filter(config::hasNonNull)
                .findFirst()
                .ifPresent(field -> {
                    throw refuse(folder, field + " is not implemented: name the modules in target_modules");
                });
        if (!config.path("target_modules").isArray()) {
            throw refuse(folder, "target_modules must be a list of names");
        }
        if (!config.path("bias").asText("none").equals("none")) {
            throw refuse(folder, "bias %s is not implemented".formatted(config.path("bias")));
        }
        return new Vera(
                config.path("r").asInt(),
                Peft.names(config.path("target_modules")),
                (float) config.path("d_initial").asDouble(0.1),
                config.path("projection_prng_key").asInt(),
                Optional.of(folder.resolve(Peft.WEIGHTS))
                        .filter(path -> config.path("save_projection").asBoolean(true)));
    }

    private static TrainerFailure refuse(Path folder, String why) {
        return TrainerFailure.invalidModel("%s/%s: %s".formatted(folder, AdapterFiles.CONFIG, why));
    }

    @Override
    public String name() {
        return "vera";
    }

    @Override
    public double learningRate() {
        return 4e-3;
    }

    @Override
    public Footprint footprint(Architecture architecture) {
        var layers = layers(architecture);
        return Footprint.ofAdapter(
                architecture,
                Peft.PREFIX,
                layers.stream()
                        .flatMap(layer -> Stream.of(
                                new Trained(scale(layer), new Shape(layer.out())),
                                new Trained(d(layer), new Shape(rank))))
                        .toList(),
                layers.stream()
                        .map(layer -> new Addition(
                                layer.module(),
                                false,
                                rank + layer.out(),
                                rank + 2 * layer.out(),
                                rank * (layer.in() + layer.out())))
                        .toList());
    }

    private List<String> chosen(Architecture architecture) {
        return targets.isEmpty() ? architecture.targets().lora() : targets;
    }

    private List<Parameter> layers(Architecture architecture) {
        return Layers.linear(architecture).named(chosen(architecture), "spec.method.vera.targets");
    }

    private static String scale(Parameter layer) {
        return Peft.PREFIX + layer.module() + ".vera_lambda_b";
    }

    private static String d(Parameter layer) {
        return Peft.PREFIX + layer.module() + ".vera_lambda_d";
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        var chosen = chosen(model.architecture());
        var layers = layers(model.architecture());
        var updates = updates(layers);
        var network = new Adapter(model.network(), updates);
        return Peft.adapted(
                model,
                network,
                network,
                updates.values().stream().flatMap(Update::trainables).toList(),
                (name, array) -> file.isPresent() && (name.equals(A) || name.equals(B)),
                config(model, chosen, layers),
                () -> merged(model, updates));
    }

    private Map<String, Update> updates(List<Parameter> layers) {
        var updates = new LinkedHashMap<String, Update>();
        try (var scope = Scope.withoutGradients()) {
            var shared = shared(largest(layers, Parameter::in), largest(layers, Parameter::out));
            for (var layer : layers) {
                updates.put(
                        layer.module(),
                        new Update(
                                layer,
                                scope.keep(shared[0].get(new NDIndex(":, :{}", layer.in()))),
                                scope.keep(shared[1].get(new NDIndex(":{}", layer.out()))),
                                scope.keep(Torch.manager().full(new Shape(rank), initial)),
                                scope.keep(Torch.manager().zeros(new Shape(layer.out())))));
            }
        }
        return updates;
    }

    private static long largest(List<Parameter> layers, ToLongFunction<Parameter> side) {
        return layers.stream().mapToLong(side).max().orElseThrow();
    }

    /** A {@code [rank, in]} and B {@code [out, rank]}: the file's, or drawn as PEFT draws them, on the CPU. */
    private NDArray[] shared(long in, long out) {
        if (file.isPresent()) {
            var kept = SafetensorsFile.open(file.get());
            return new NDArray[] {kept(kept, A, 0, in), kept(kept, B, 1, out)};
        }
        Torch.seed(key);
        try (var cpu = Torch.manager().newSubManager(Device.cpu())) {
            return new NDArray[] {owned(uniform(cpu, rank, in)), owned(uniform(cpu, out, rank))};
        }
    }

    /** What the file keeps, which may be for wider layers, too; along one axis lies the rank. */
    private NDArray kept(SafetensorsFile file, String name, int axis, long width) {
        if (!file.names().contains(name)) {
            throw TrainerFailure.invalidModel(
                    "%s: tensor %s is missing, which save_projection promises".formatted(file.path(), name));
        }
        var shape = file.shape(name);
        if (shape.dimension() != 2 || shape.get(axis) != rank || shape.get(1 - axis) < width) {
            throw TrainerFailure.invalidModel("%s: tensor %s has shape %s, where r is %d and a layer's width %d"
                    .formatted(file.path(), name, shape, rank, width));
        }
        return file.ownFloats(name);
    }

    /** A copy on the process's device, in memory that its slices keep alive. */
    private static NDArray owned(NDArray array) {
        var own = Torch.manager().zeros(array.getShape());
        Updates.copyInto(own, array);
        return own;
    }

    private static NDArray uniform(NDManager manager, long rows, long columns) {
        var bound = (float) Math.sqrt(6.0 / columns);
        return manager.randomUniform(-bound, bound, new Shape(rows, columns), DataType.FLOAT32);
    }

    private ObjectNode config(Model model, List<String> chosen, List<Parameter> layers) {
        var config = Peft.config(model, TYPE);
        config.put("r", rank);
        config.put("d_initial", initial);
        config.put("projection_prng_key", key);
        config.put("save_projection", false);
        config.put("vera_dropout", 0.0);
        config.put("bias", "none");
        config.put("fan_in_fan_out", layers.stream().anyMatch(layer -> layer.role() == Role.CONV1D));
        Layers.names(chosen, layers).forEach(config.putArray("target_modules")::add);
        return config;
    }

    private static Map<String, NDArray> merged(Model model, Map<String, Update> updates) {
        var changes = new HashMap<String, UnaryOperator<NDArray>>();
        updates.values().forEach(update -> changes.put(update.layer().name(), update::foldedInto));
        return model.with(changes);
    }

    /**
     * What stands beside a layer.
     *
     * @param a {@code [rank, in]}, frozen
     * @param b {@code [out, rank]}, frozen
     * @param d {@code [rank]}
     * @param scale the paper's b, {@code [out]}
     */
    private record Update(Parameter layer, NDArray a, NDArray b, NDArray d, NDArray scale) {

        Stream<Trainable> trainables() {
            return Stream.of(new Trainable(Vera.scale(layer), scale, true), new Trainable(Vera.d(layer), d, true));
        }

        /** For an input {@code [..., in]}, what is added to what the layer gives: {@code [..., out]}. */
        NDArray of(NDArray x) {
            return Ops.linear(Ops.like(Ops.linear(x, a).mul(d), x), b).mul(scale);
        }

        NDArray foldedInto(NDArray weight) {
            var sum = b.mul(scale.expandDims(1)).matMul(a.mul(d.expandDims(1)));
            return weight.add(layer.role() == Role.CONV1D ? sum.transpose() : sum);
        }
    }

    /** Adds the updates to the layers that have one. */
    private record Adapter(Network base, Map<String, Update> updates) implements LinearAddition {

        @Override
        public NDArray plus(String name, NDArray x, NDArray y) {
            var update = updates.get(name);
            return update == null ? y : y.add(update.of(Ops.like(x, y)));
        }
    }
}
