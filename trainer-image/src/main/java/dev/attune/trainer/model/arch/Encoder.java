package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Geometry;
import dev.attune.trainer.model.Geometry.Sublayer;
import dev.attune.trainer.model.Head;
import dev.attune.trainer.model.Mask;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Network.Part;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.model.Targets;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The mathematics that BERT, RoBERTa and DistilBERT share: embeddings of tokens, positions and segments, then layers of
 * attention to all tokens and feed-forward networks, normalised behind each sum.
 *
 * @param names what the family calls its modules
 * @param padding id of filling, from which RoBERTa's positions count; −1 where they count from 0
 * @param segments how many texts a token may belong to; 0 where the model doesn't tell them apart
 */
record Encoder(
        Names names,
        int vocabulary,
        int positions,
        int padding,
        int segments,
        Sizes sizes,
        double epsilon,
        double initializerRange,
        UnaryOperator<NDArray> activation,
        Targets targets,
        EncoderHead task)
        implements Architecture {

    private static final List<String> HEADS =
            List.of("cls.", "lm_head.", "vocab_", "pre_classifier.", "classifier.", "qa_outputs.");

    /**
     * What a family calls its modules.
     *
     * @param model the module that holds all but the head
     * @param layers the list of layers in it
     * @param attention in a layer, the module that holds the projections; all further names are from the layer on, too
     * @param attentionBottleneck where the adapters library keeps the bottlenecks behind attention
     * @param bottleneck where it keeps those behind the feed-forward network
     * @param takesKeysInFront whether transformers' class can be given keys and values
     */
    record Names(
            String model,
            String layers,
            String attention,
            String query,
            String key,
            String value,
            String attentionOutput,
            String attentionNorm,
            String up,
            String down,
            String norm,
            String attentionBottleneck,
            String bottleneck,
            boolean takesKeysInFront) {

        String embeddings(String module) {
            return model + ".embeddings." + module;
        }

        String layer(int layer) {
            return model + "." + layers + "." + layer;
        }
    }

    /** How wide and deep the model is. */
    record Sizes(int hidden, int inner, int layers, int heads) {

        static Sizes of(Config config, String hidden, String inner, String layers, String heads) {
            var sizes = new Sizes(
                    config.integer(hidden), config.integer(inner), config.integer(layers), config.integer(heads));
            if (sizes.hidden % sizes.heads != 0) {
                throw config.refuse(heads, sizes.heads + " does not divide " + hidden + ", which is " + sizes.hidden);
            }
            return sizes;
        }
    }

    @Override
    public Kind kind() {
        return Kind.ENCODER;
    }

    @Override
    public Head head() {
        return task.head();
    }

    @Override
    public Encoder holding(Set<String> tensors) {
        return new Encoder(
                names,
                vocabulary,
                positions,
                padding,
                segments,
                sizes,
                epsilon,
                initializerRange,
                activation,
                targets,
                task.holding(tensors));
    }

    @Override
    public List<Parameter> parameters() {
        var all = new ArrayList<Parameter>();
        embedding(all, "word_embeddings", vocabulary);
        embedding(all, "position_embeddings", positions);
        if (segments > 0) {
            embedding(all, "token_type_embeddings", segments);
        }
        all.addAll(Parameter.layerNorm(names.embeddings("LayerNorm"), sizes.hidden));
        for (var number = 0; number < sizes.layers; number++) {
            var layer = names.layer(number);
            all.addAll(Parameter.linear(layer + names.query, sizes.hidden, sizes.hidden, true));
            all.addAll(Parameter.linear(layer + names.key, sizes.hidden, sizes.hidden, true));
            all.addAll(Parameter.linear(layer + names.value, sizes.hidden, sizes.hidden, true));
            all.addAll(Parameter.linear(layer + names.attentionOutput, sizes.hidden, sizes.hidden, true));
            all.addAll(Parameter.layerNorm(layer + names.attentionNorm, sizes.hidden));
            all.addAll(Parameter.linear(layer + names.up, sizes.hidden, sizes.inner, true));
            all.addAll(Parameter.linear(layer + names.down, sizes.inner, sizes.hidden, true));
            all.addAll(Parameter.layerNorm(layer + names.norm, sizes.hidden));
        }
        all.addAll(head().parameters());
        return all;
    }

    private void embedding(List<Parameter> all, String module, int rows) {
        all.add(new Parameter(names.embeddings(module) + ".weight", new Shape(rows, sizes.hidden), Role.EMBEDDING));
    }

    @Override
    public NDArray hidden(Network network, Tokens tokens) {
        var words = network.input(network.embedding(names.embeddings("word_embeddings"), tokens.ids()), tokens);
        var placed = words.add(network.embedding(
                names.embeddings("position_embeddings"),
                places(network, tokens, words.getShape().get(1))));
        if (segments > 0) {
            var texts = texts(network, tokens, words.getShape().get(1));
            placed = placed.add(network.embedding(names.embeddings("token_type_embeddings"), texts));
        }
        var x = network.layerNorm(names.embeddings("LayerNorm"), placed, epsilon);
        var mask = Mask.full(tokens);
        for (var number = 0; number < sizes.layers; number++) {
            var layer = names.layer(number);
            x = network.layer(x, input -> layer(network, layer, input, mask));
        }
        return x;
    }

    /** Positions {@code [1 or batch, length]}. RoBERTa counts tokens, and leaves filling where counting begins. */
    private NDArray places(Network network, Tokens tokens, long length) {
        if (padding < 0 || network.virtualTokens() > 0) {
            var positions = LongStream.of(tokens.positions(network.past(), length))
                    .map(position -> position + padding + 1)
                    .toArray();
            return Torch.array(positions).expandDims(0);
        }
        var real = tokens.ids().neq(padding).toType(DataType.INT64, false);
        var count = real.cumSum(1);
        if (tokens.texts() != null) {
            var before = Ops.rows(
                    count.sub(real).squeeze(0), Torch.array(tokens.texts().begins()));
            count = count.sub(before.expandDims(0));
        }
        return count.add(tokens.offset() + network.past()).mul(real).add(padding);
    }

    /** Which text each token belongs to {@code [1 or batch, length]}; virtual tokens belong to the first. */
    private NDArray texts(Network network, Tokens tokens, long length) {
        var manager = tokens.ids().getManager();
        if (tokens.segments() == null || segments == 1) {
            return manager.zeros(new Shape(1, length), DataType.INT64);
        }
        var virtual = network.virtualTokens();
        return virtual == 0
                ? tokens.segments()
                : manager.zeros(new Shape(tokens.ids().getShape().get(0), virtual), DataType.INT64)
                        .concat(tokens.segments(), 1);
    }

    private NDArray layer(Network network, String layer, NDArray x, Mask mask) {
        var attended = network.residual(
                layer,
                Part.ATTENTION,
                x,
                attention(network, layer, x, mask),
                sum -> network.layerNorm(layer + names.attentionNorm, sum, epsilon));
        var inner = activation.apply(network.linear(layer + names.up, attended));
        return network.residual(
                layer,
                Part.FEED_FORWARD,
                attended,
                network.linear(layer + names.down, inner),
                sum -> network.layerNorm(layer + names.norm, sum, epsilon));
    }

    private NDArray attention(Network network, String layer, NDArray x, Mask mask) {
        var attended = network.attention(
                layer + names.attention,
                split(network.linear(layer + names.query, x)),
                split(network.linear(layer + names.key, x)),
                split(network.linear(layer + names.value, x)),
                mask);
        return network.linear(
                layer + names.attentionOutput, attended.swapAxes(1, 2).reshape(x.getShape()));
    }

    /** {@code [batch, length, hidden] → [batch, heads, length, d]}. */
    private NDArray split(NDArray x) {
        var shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), sizes.heads, sizes.hidden / sizes.heads)
                .swapAxes(1, 2);
    }

    @Override
    public boolean takesKeysInFront() {
        return names.takesKeysInFront;
    }

    @Override
    public int maxLength() {
        return positions - padding - 1;
    }

    @Override
    public Geometry geometry() {
        var layers = IntStream.range(0, sizes.layers).mapToObj(names::layer).toList();
        var attentions = layers.stream().map(layer -> layer + names.attention).toList();
        var sublayers = layers.stream()
                .flatMap(layer -> Stream.of(
                        new Sublayer(layer, Part.ATTENTION, layer + names.attentionBottleneck),
                        new Sublayer(layer, Part.FEED_FORWARD, layer + names.bottleneck)))
                .toList();
        return new Geometry(sizes.hidden, attentions, sizes.heads, sizes.hidden / sizes.heads, sublayers);
    }

    /** Other heads, which a file may hold beside or in place of the one that the task asks for, and old buffers. */
    @Override
    public boolean ignores(String tensor) {
        return tensor.startsWith(names.model + ".pooler.")
                || tensor.endsWith(".position_ids")
                || HEADS.stream().anyMatch(tensor::startsWith);
    }

    /** Files of a model without a head leave its prefix out; the oldest call a norm's weight gamma and its bias beta. */
    @Override
    public String canonical(String tensor) {
        var present = tensor.replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight")
                .replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
        var headless =
                List.of("embeddings.", names.layers + ".", "pooler.").stream().anyMatch(present::startsWith);
        return headless ? names.model + "." + present : present;
    }
}
