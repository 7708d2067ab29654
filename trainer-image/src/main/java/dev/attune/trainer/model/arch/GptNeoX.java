package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Geometry;
import dev.attune.trainer.model.Head;
import dev.attune.trainer.model.Mask;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Network.Part;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.model.Targets;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * GPT-NeoX (https://arxiv.org/abs/2204.06745), as transformers' {@code GPTNeoXForCausalLM} computes it; Pythia too. Attention
 * and feed-forward network read the same input, and the first part of each head alone is turned by its position.
 *
 * @param parallel whether the feed-forward network reads what attention reads, rather than what it gives
 */
record GptNeoX(
        int vocabulary,
        int maxLength,
        int hidden,
        int inner,
        int layers,
        int heads,
        double epsilon,
        double initializerRange,
        boolean parallel,
        boolean biased,
        Rotary rotary,
        UnaryOperator<NDArray> activation,
        Head head)
        implements Architecture {

    private static final String PREFIX = "gpt_neox.";

    static GptNeoX of(Config config, Task task) {
        var hidden = config.integer("hidden_size");
        var heads = config.integer("num_attention_heads");
        if (hidden % heads != 0) {
            throw config.refuse("num_attention_heads", heads + " does not divide hidden_size, which is " + hidden);
        }
        var tied = config.flag("tie_word_embeddings", false);
        return new GptNeoX(
                config.integer("vocab_size"),
                config.integer("max_position_embeddings", 2048),
                hidden,
                config.integer("intermediate_size"),
                config.integer("num_hidden_layers"),
                heads,
                config.number("layer_norm_eps", 1e-5),
                config.number("initializer_range", 0.02),
                config.flag("use_parallel_residual", true),
                config.flag("attention_bias", true),
                rotary(config, hidden / heads),
                Activation.of(config, "hidden_act", "gelu"),
                DecoderHead.of(
                        config,
                        task,
                        "GPTNeoX",
                        "GPTNeoXForCausalLM",
                        tied ? PREFIX + "embed_in" : "embed_out",
                        hidden));
    }

    /** In transformers 4, which part of a head is turned was called {@code rotary_pct}, and theta {@code rotary_emb_base}. */
    private static Rotary rotary(Config config, int headSize) {
        var share = Rotary.share(config, "rotary_pct", 0.25);
        var width = (int) (headSize * share);
        if (width < 2 || width > headSize || width % 2 != 0) {
            throw config.refuse(
                    "rotary_pct",
                    "%s of a head of %d numbers is %d: an even number from 2 to %2$d is needed"
                            .formatted(share, headSize, width));
        }
        return Rotary.of(config, width, config.number("rotary_emb_base", 10_000));
    }

    @Override
    public Kind kind() {
        return Kind.DECODER;
    }

    @Override
    public List<Parameter> parameters() {
        var all = new ArrayList<Parameter>();
        all.add(new Parameter(PREFIX + "embed_in.weight", new Shape(vocabulary, hidden), Role.EMBEDDING));
        for (var layer = 0; layer < layers; layer++) {
            var block = block(layer);
            all.addAll(Parameter.layerNorm(block + ".input_layernorm", hidden));
            all.addAll(Parameter.layerNorm(block + ".post_attention_layernorm", hidden));
            all.addAll(Parameter.linear(block + ".attention.query_key_value", hidden, 3 * hidden, biased));
            all.addAll(Parameter.linear(block + ".attention.dense", hidden, hidden, biased));
            all.addAll(Parameter.linear(block + ".mlp.dense_h_to_4h", hidden, inner, true));
            all.addAll(Parameter.linear(block + ".mlp.dense_4h_to_h", inner, hidden, true));
        }
        all.addAll(Parameter.layerNorm(PREFIX + "final_layer_norm", hidden));
        if (head.last().equals("embed_out")) {
            all.add(new Parameter("embed_out.weight", new Shape(vocabulary, hidden), Role.LINEAR));
        }
        all.addAll(head.parameters());
        return all;
    }

    private static String block(int layer) {
        return PREFIX + "layers." + layer;
    }

    @Override
    public NDArray hidden(Network network, Tokens tokens) {
        var x = network.input(network.embedding(PREFIX + "embed_in", tokens.ids()), tokens);
        var angles = rotary.table(tokens.positions(network.past(), x.getShape().get(1)));
        var mask = Mask.causal(tokens);
        for (var layer = 0; layer < layers; layer++) {
            var block = block(layer);
            x = network.layer(x, input -> block(network, block, input, angles, mask));
        }
        return network.layerNorm(PREFIX + "final_layer_norm", x, epsilon);
    }

    private NDArray block(Network network, String block, NDArray x, NDArray[] angles, Mask mask) {
        var normed = network.layerNorm(block + ".input_layernorm", x, epsilon);
        var attention = attention(network, block + ".attention", normed, angles, mask);
        var attended = network.residual(block, Part.ATTENTION, x, attention, UnaryOperator.identity());
        normed = network.layerNorm(block + ".post_attention_layernorm", parallel ? x : attended, epsilon);
        var output = feedForward(network, block + ".mlp", normed);
        return network.residual(block, Part.FEED_FORWARD, attended, output, UnaryOperator.identity());
    }

    /** Queries, keys and values lie head by head: {@code [batch, length, heads·(3·d)]}. */
    private NDArray attention(Network network, String name, NDArray x, NDArray[] angles, Mask mask) {
        var batch = x.getShape().get(0);
        var length = x.getShape().get(1);
        var parts = network.linear(name + ".query_key_value", x)
                .reshape(batch, length, heads, 3L * hidden / heads)
                .swapAxes(1, 2)
                .split(3, 3);
        var q = Ops.rotate(parts.get(0), angles[0], angles[1]);
        var k = Ops.rotate(parts.get(1), angles[0], angles[1]);
        var attended = network.attention(name, q, k, parts.get(2), mask);
        return network.linear(name + ".dense", attended.swapAxes(1, 2).reshape(batch, length, hidden));
    }

    private NDArray feedForward(Network network, String name, NDArray x) {
        return network.linear(name + ".dense_4h_to_h", activation.apply(network.linear(name + ".dense_h_to_4h", x)));
    }

    /** The adapters library has no place for bottlenecks in it. */
    @Override
    public Geometry geometry() {
        var attentions = IntStream.range(0, layers).mapToObj(layer -> block(layer) + ".attention");
        return new Geometry(hidden, attentions.toList(), heads, hidden / heads, List.of());
    }

    /** In transformers 5 the module is {@code lm_head}; {@code embed_out} is its name in files and in transformers 4. */
    @Override
    public boolean adaptable(Parameter layer) {
        return !layer.module().equals("embed_out");
    }

    @Override
    public Targets targets() {
        return new Targets(
                List.of("query_key_value"), List.of("query_key_value", "dense_4h_to_h"), List.of("dense_4h_to_h"));
    }

    @Override
    public boolean ignores(String tensor) {
        return tensor.endsWith(".attention.bias")
                || tensor.endsWith(".attention.masked_bias")
                || tensor.endsWith(".attention.rotary_emb.inv_freq")
                || tensor.equals("embed_out.weight")
                || tensor.equals("score.weight");
    }

    @Override
    public String canonical(String tensor) {
        var whole = tensor.startsWith(PREFIX) || tensor.startsWith("embed_out.") || tensor.startsWith("score.");
        return whole ? tensor : PREFIX + tensor;
    }
}
