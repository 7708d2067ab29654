package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.api.Method.Adapter;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Footprint.Addition;
import dev.attune.trainer.method.Footprint.Trained;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Draw;
import dev.attune.trainer.model.Geometry.Sublayer;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.tensor.Ops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Bottleneck adapters (https://arxiv.org/abs/1902.00751, https://arxiv.org/abs/2005.00247,
 * https://arxiv.org/abs/2110.04366): {@code up(f(down(x)))} beside or behind parts of each layer, whose other weights stay.
 * Saved as the adapters library saves it.
 *
 * @param label the adapter's name, which is part of its weights' names
 */
record Bottleneck(String label, BottleneckConfig form) implements Method {

    /** What stands for it where PEFT's methods have their names; the adapters library writes none. */
    static final String TYPE = "BOTTLENECK";

    private static final String LABEL = "attune";
    private static final double DEVIATION = 0.02;
    private static final String DOWN = ".adapter_down.0.weight";
    private static final String DOWN_BIAS = ".adapter_down.0.bias";
    private static final String UP = ".adapter_up.weight";
    private static final String UP_BIAS = ".adapter_up.bias";

    static Bottleneck of(Adapter spec) {
        return new Bottleneck(LABEL, BottleneckConfig.of(spec));
    }

    /** As the configuration in a folder says. */
    static Bottleneck of(Path folder, JsonNode config) {
        return new Bottleneck(config.path("name").asText(LABEL), BottleneckConfig.read(folder, config.path("config")));
    }

    /** Whether a configuration is one of the adapters library. */
    static boolean made(JsonNode config) {
        return config.path("config").isObject();
    }

    @Override
    public String name() {
        return "adapter";
    }

    @Override
    public double learningRate() {
        return 1e-4;
    }

    @Override
    public Optional<String> unmergeable(Architecture architecture) {
        return Optional.of("bottlenecks are layers that the model lacks");
    }

    /** down {@code [inner, hidden]}, up {@code [hidden, inner]}. */
    private record Weights(NDArray down, NDArray downBias, NDArray up, NDArray upBias) {}

    @Override
    public Footprint footprint(Architecture architecture) {
        var hidden = architecture.geometry().hidden();
        var inner = form.inner(hidden);
        var sublayers = sublayers(architecture);
        return Footprint.ofAdapter(
                architecture,
                "",
                sublayers.stream()
                        .flatMap(sublayer -> shapes(module(sublayer), hidden, inner).stream())
                        .toList(),
                // What it reads, and what stands before and behind its function.
                sublayers.stream()
                        .map(sublayer -> new Addition(
                                sublayer.layer(),
                                false,
                                hidden + 2L * inner,
                                2L * (hidden + inner),
                                2L * hidden * inner))
                        .toList());
    }

    private static List<Trained> shapes(String module, int hidden, int inner) {
        return List.of(
                new Trained(module + DOWN, new Shape(inner, hidden)),
                new Trained(module + DOWN_BIAS, new Shape(inner)),
                new Trained(module + UP, new Shape(hidden, inner)),
                new Trained(module + UP_BIAS, new Shape(hidden)));
    }

    private List<Sublayer> sublayers(Architecture architecture) {
        var all = architecture.geometry().sublayers();
        if (all.isEmpty()) {
            throw TrainerFailure.invalidManifest(
                    "spec.method.adapter: the adapters library has no bottlenecks for %s, so that they could be loaded nowhere: use lora or ia3"
                            .formatted(architecture.head().modelClass()));
        }
        return all.stream().filter(sublayer -> form.stands(sublayer.part())).toList();
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        var random = new Random(seed);
        var hidden = model.architecture().geometry().hidden();
        var weights = new LinkedHashMap<Place, Weights>();
        var own = new ArrayList<Trainable>();
        for (var sublayer : sublayers(model.architecture())) {
            var fresh = fresh(hidden, random);
            weights.put(new Place(sublayer.layer(), sublayer.part()), fresh);
            own.addAll(trainables(sublayer, fresh));
        }
        var network = new Bottlenecked(model.network(), form, weights);
        var trainables = Peft.withHead(model, own, "");
        return new Adapted(
                network,
                network,
                trainables,
                Optional.of(BottleneckConfig.files(model, label, form, own, trainables)),
                () -> {
                    throw new UnsupportedOperationException("bottlenecks can't be folded into weights");
                });
    }

    private Weights fresh(int hidden, Random random) {
        var inner = form.inner(hidden);
        var down = new Shape(inner, hidden);
        var up = new Shape(hidden, inner);
        return new Weights(
                form.parallel() ? Draw.linear(down, hidden, random) : Draw.normal(down, DEVIATION, random),
                Draw.normal(new Shape(inner), 0, random),
                Draw.normal(up, form.parallel() ? 0 : DEVIATION, random),
                Draw.normal(new Shape(hidden), 0, random));
    }

    private String module(Sublayer sublayer) {
        return sublayer.bottleneck() + ".adapters." + label;
    }

    private List<Trainable> trainables(Sublayer sublayer, Weights weights) {
        var module = module(sublayer);
        return List.of(
                new Trainable(module + DOWN, weights.down(), true),
                new Trainable(module + DOWN_BIAS, weights.downBias(), false),
                new Trainable(module + UP, weights.up(), true),
                new Trainable(module + UP_BIAS, weights.upBias(), false));
    }

    private record Place(String layer, Network.Part part) {}

    /** Computes the bottlenecks where there are some. */
    private record Bottlenecked(Network base, BottleneckConfig form, Map<Place, Weights> weights)
            implements NetworkDecorator {

        @Override
        public NDArray residual(String layer, Part part, NDArray x, NDArray output, UnaryOperator<NDArray> norm) {
            var own = weights.get(new Place(layer, part));
            if (own == null) {
                return base.residual(layer, part, x, output, norm);
            }
            var read = form.parallel() ? x : form.onSum() ? norm.apply(x.add(output)) : output;
            return base.residual(layer, part, x, output.add(bottleneck(own, Ops.like(read, output))), norm);
        }

        private NDArray bottleneck(Weights own, NDArray x) {
            var inner = form.nonlinearity().apply(Ops.linear(x, own.down(), own.downBias()));
            return Ops.scale(Ops.linear(inner, own.up(), own.upBias()), form.scale());
        }
    }
}
