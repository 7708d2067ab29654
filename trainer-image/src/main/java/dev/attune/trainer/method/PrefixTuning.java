package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Footprint.Trained;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Architecture.Kind;
import dev.attune.trainer.model.Draw;
import dev.attune.trainer.model.Geometry;
import dev.attune.trainer.model.Mask;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.tensor.Ops;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * Prefix tuning (https://arxiv.org/abs/2101.00190): keys and values in front of every self-attention's, trained as they
 * are or through a small network. Saved as PEFT saves it.
 *
 * @param projection the width of the network; empty: there is none
 */
record PrefixTuning(int length, Optional<Integer> projection) implements Method {

    static final String TYPE = "PREFIX_TUNING";

    private static final String EMBEDDING = "embedding.weight";
    private static final String FIRST_WEIGHT = "transform.0.weight";
    private static final String FIRST_BIAS = "transform.0.bias";
    private static final String LAST_WEIGHT = "transform.2.weight";
    private static final String LAST_BIAS = "transform.2.bias";

    /** Stands for the width of a token's keys. */
    private static final int AS_WIDE = 0;

    static PrefixTuning of(dev.attune.api.Method.PrefixTuning spec) {
        return new PrefixTuning(
                spec.length(),
                Optional.ofNullable(spec.projection())
                        .map(projection -> projection.hidden() == null ? AS_WIDE : projection.hidden()));
    }

    /** As an adapter's folder configures it: what is for use holds what the network gave, and no network any more. */
    static PrefixTuning of(JsonNode config) {
        var network = config.path("prefix_projection").asBoolean()
                && !config.path("inference_mode").asBoolean();
        return new PrefixTuning(
                config.path("num_virtual_tokens").asInt(),
                network ? Optional.of(config.path("encoder_hidden_size").asInt(AS_WIDE)) : Optional.empty());
    }

    @Override
    public String name() {
        return "prefixTuning";
    }

    @Override
    public double learningRate() {
        return 1e-2;
    }

    @Override
    public Optional<String> unmergeable(Architecture architecture) {
        return Optional.of("virtual keys and values are no weights of the model");
    }

    @Override
    public int places() {
        return length;
    }

    @Override
    public Footprint footprint(Architecture architecture) {
        requireRoom(architecture);
        return VirtualTokens.footprint(architecture, shapes(architecture.geometry()))
                .behind(0, length);
    }

    private List<Trained> shapes(Geometry geometry) {
        var width = width(geometry);
        var columns = 2L * geometry.attentions().size() * width;
        if (projection.isEmpty()) {
            return List.of(new Trained(VirtualTokens.WEIGHTS, new Shape(length, columns)));
        }
        var inner = inner(geometry);
        return List.of(
                new Trained(EMBEDDING, new Shape(length, width)),
                new Trained(FIRST_WEIGHT, new Shape(inner, width)),
                new Trained(FIRST_BIAS, new Shape(inner)),
                new Trained(LAST_WEIGHT, new Shape(columns, inner)),
                new Trained(LAST_BIAS, new Shape(columns)));
    }

    private static void requireRoom(Architecture architecture) {
        if (!architecture.takesKeysInFront()) {
            throw TrainerFailure.invalidManifest(
                    "spec.method.prefixTuning: transformers gives %s no keys and values in front, so that a prefix could be loaded nowhere: use promptTuning or lora"
                            .formatted(architecture.head().modelClass()));
        }
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        requireRoom(model.architecture());
        var geometry = model.architecture().geometry();
        var random = new Random(seed);
        Prefix prefix = projection.isPresent() ? projected(geometry, random) : plain(geometry, random);
        var encoderDecoder = model.architecture().kind() == Kind.ENCODER_DECODER;
        var network = new Prefixed(model.network(), geometry, prefix, length, blocks(geometry, encoderDecoder));
        var config = VirtualTokens.config(model, TYPE, length);
        config.put("num_transformer_submodules", encoderDecoder ? 2 : 1);
        config.put("token_dim", width(geometry));
        config.put("prefix_projection", projection.isPresent());
        config.put("encoder_hidden_size", inner(geometry));
        return VirtualTokens.adapted(model, network, prefix.trainables(), config, prefix::whole);
    }

    /**
     * Which part of the prefix a layer takes. PEFT lays an encoder-decoder's out twice over, for attention and
     * cross-attention in turns, and then has cross-attention without: so layers take every other part.
     */
    private static IntUnaryOperator blocks(Geometry geometry, boolean encoderDecoder) {
        return encoderDecoder ? layer -> 2 * layer % geometry.attentions().size() : layer -> layer;
    }

    /** Numbers of a token's keys in a layer. */
    private static int width(Geometry geometry) {
        return geometry.keyValueHeads() * geometry.headSize();
    }

    private int inner(Geometry geometry) {
        return projection.filter(given -> given != AS_WIDE).orElse(width(geometry));
    }

    private Prefix plain(Geometry geometry, Random random) {
        var columns = 2 * geometry.attentions().size() * width(geometry);
        return new Plain(Draw.normal(new Shape(length, columns), 1, random), 2 * width(geometry));
    }

    private Prefix projected(Geometry geometry, Random random) {
        var width = width(geometry);
        var inner = inner(geometry);
        var columns = 2 * geometry.attentions().size() * width;
        return new Projected(
                Draw.normal(new Shape(length, width), 1, random),
                Draw.linear(new Shape(inner, width), width, random),
                Draw.linear(new Shape(inner), width, random),
                Draw.linear(new Shape(columns, inner), inner, random),
                Draw.linear(new Shape(columns), inner, random),
                2 * width);
    }

    /** What is trained, and the keys and values that it gives. */
    private interface Prefix {

        List<Trainable> trainables();

        /** Of a layer, from what is trained: {@code [length, 2·width]}, keys first. */
        NDArray part(int layer);

        /** Of all layers, {@code [length, layers·2·width]}. */
        NDArray whole();
    }

    private record Plain(NDArray all, int size) implements Prefix {

        @Override
        public List<Trainable> trainables() {
            return List.of(new Trainable(VirtualTokens.WEIGHTS, all, true));
        }

        @Override
        public NDArray part(int layer) {
            return all.get(":, %d:%d".formatted(layer * size, (layer + 1) * size));
        }

        @Override
        public NDArray whole() {
            return all;
        }
    }

    /** {@code linear(tanh(linear(embedding)))}. A layer computes its own part of it. */
    private record Projected(
            NDArray embedding, NDArray firstWeight, NDArray firstBias, NDArray lastWeight, NDArray lastBias, int size)
            implements Prefix {

        @Override
        public List<Trainable> trainables() {
            return List.of(
                    new Trainable(EMBEDDING, embedding, true),
                    new Trainable(FIRST_WEIGHT, firstWeight, true),
                    new Trainable(FIRST_BIAS, firstBias, false),
                    new Trainable(LAST_WEIGHT, lastWeight, true),
                    new Trainable(LAST_BIAS, lastBias, false));
        }

        @Override
        public NDArray part(int layer) {
            var from = (long) layer * size;
            return Ops.linear(
                    inner(), Ops.slice(lastWeight, from, from + size), Ops.slice(lastBias, from, from + size));
        }

        @Override
        public NDArray whole() {
            return Ops.linear(inner(), lastWeight, lastBias);
        }

        private NDArray inner() {
            return Ops.linear(embedding, firstWeight, firstBias).tanh();
        }
    }

    /** Puts the prefix before the keys and values of each self-attention. */
    private record Prefixed(Network base, Geometry geometry, Prefix prefix, int past, IntUnaryOperator blocks)
            implements NetworkDecorator {

        @Override
        public NDArray attention(String name, NDArray q, NDArray k, NDArray v, Mask mask) {
            var layer = geometry.attentions().indexOf(name);
            if (layer < 0) {
                return base.attention(name, q, k, v, mask);
            }
            var both = prefix.part(blocks.applyAsInt(layer))
                    .reshape(past, 2, geometry.keyValueHeads(), geometry.headSize())
                    .transpose(1, 2, 0, 3);
            return base.attention(name, q, before(both, 0, k), before(both, 1, v), mask);
        }

        private NDArray before(NDArray both, int which, NDArray own) {
            var shape = new Shape(own.getShape().get(0), geometry.keyValueHeads(), past, geometry.headSize());
            return Ops.slice(both, which, which + 1).broadcast(shape).concat(own, 2);
        }
    }
}
