package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.api.Method.Adapter;
import dev.attune.trainer.failure.TrainerFailure;
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
    public Optional<String> unmergeable(Model model) {
        return Optional.of("bottlenecks are layers that the model lacks");
    }

    /** down {@code [inner, hidden]}, up {@code [hidden, inner]}. */
    private record Weights(NDArray down, NDArray downBias, NDArray up, NDArray upBias) {}

    @Override
    public Adapted adapt(Model model, long seed) {
        var random = new Random(seed);
        var geometry = model.architecture().geometry();
        if (geometry.sublayers().isEmpty()) {
            throw TrainerFailure.invalidManifest(
                    "spec.method.adapter: the adapters library has no bottlenecks for %s, so that they could be loaded nowhere: use lora or ia3"
                            .formatted(model.architecture().head().modelClass()));
        }
        var weights = new LinkedHashMap<Place, Weights>();
        var own = new ArrayList<Trainable>();
        for (var sublayer : geometry.sublayers()) {
            if (form.stands(sublayer.part())) {
                var fresh = fresh(geometry.hidden(), random);
                weights.put(new Place(sublayer.layer(), sublayer.part()), fresh);
                own.addAll(trainables(sublayer, fresh));
            }
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

    private List<Trainable> trainables(Sublayer sublayer, Weights weights) {
        var module = sublayer.bottleneck() + ".adapters." + label;
        return List.of(
                new Trainable(module + ".adapter_down.0.weight", weights.down(), true),
                new Trainable(module + ".adapter_down.0.bias", weights.downBias(), false),
                new Trainable(module + ".adapter_up.weight", weights.up(), true),
                new Trainable(module + ".adapter_up.bias", weights.upBias(), false));
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
