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
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Llama (https://arxiv.org/abs/2302.13971), as transformers' {@code LlamaForCausalLM} computes it; SmolLM2 too. Its
 * mathematics are Mistral's and Qwen2's as well, but for what is a component here.
 *
 * @param windows how many keys a query of each layer sees; 0: all
 */
record Llama(
        int vocabulary,
        int maxLength,
        int hidden,
        int inner,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        double epsilon,
        double initializerRange,
        boolean tied,
        Biases biases,
        List<Integer> windows,
        Targets targets,
        Rotary rotary,
        UnaryOperator<NDArray> activation,
        Head head)
        implements Architecture {

    /** What PEFT adapts in Llama and Mistral. */
    static final Targets TARGETS =
            new Targets(List.of("q_proj", "v_proj"), List.of("k_proj", "v_proj", "down_proj"), List.of("down_proj"));

    static Llama of(Config config, Task task) {
        config.require("pretraining_tp", Set.of("1"), "1");
        var bias = config.flag("attention_bias", false);
        return of(config, task, "Llama", new Biases(bias, bias, config.flag("mlp_bias", false)), layer -> 0, TARGETS);
    }

    /** Which linear layers have a bias: those of queries, keys and values; attention's output; the feed-forward network's. */
    record Biases(boolean reading, boolean writing, boolean feedForward) {}

    /**
     * The mathematics for a family.
     *
     * @param family what transformers' class names begin with
     * @param window how many keys a query of a layer sees; 0: all
     */
    static Llama of(Config config, Task task, String family, Biases biases, IntUnaryOperator window, Targets targets) {
        var hidden = config.integer("hidden_size");
        var heads = config.integer("num_attention_heads");
        var keyValueHeads = config.integer("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0) {
            throw config.refuse(
                    "num_key_value_heads", keyValueHeads + " does not divide num_attention_heads, which is " + heads);
        }
        var headSize = config.integer("head_dim", hidden / heads);
        var layers = config.integer("num_hidden_layers");
        var tied = config.flag("tie_word_embeddings", false);
        return new Llama(
                config.integer("vocab_size"),
                config.integer("max_position_embeddings", 2048),
                hidden,
                config.integer("intermediate_size"),
                layers,
                heads,
                keyValueHeads,
                headSize,
                config.number("rms_norm_eps", 1e-6),
                config.number("initializer_range", 0.02),
                tied,
                biases,
                IntStream.range(0, layers).map(window).boxed().toList(),
                targets,
                Rotary.of(config, headSize),
                Activation.of(config, "hidden_act", "silu"),
                DecoderHead.of(
                        config, task, family, family + "ForCausalLM", tied ? "model.embed_tokens" : "lm_head", hidden));
    }

    @Override
    public Kind kind() {
        return Kind.DECODER;
    }

    @Override
    public List<Parameter> parameters() {
        var all = new ArrayList<Parameter>();
        all.add(new Parameter("model.embed_tokens.weight", new Shape(vocabulary, hidden), Role.EMBEDDING));
        for (var layer = 0; layer < layers; layer++) {
            var block = block(layer);
            all.add(new Parameter(block + ".input_layernorm.weight", new Shape(hidden), Role.NORM));
            all.addAll(Parameter.linear(block + ".self_attn.q_proj", hidden, heads * headSize, biases.reading));
            all.addAll(Parameter.linear(block + ".self_attn.k_proj", hidden, keyValueHeads * headSize, biases.reading));
            all.addAll(Parameter.linear(block + ".self_attn.v_proj", hidden, keyValueHeads * headSize, biases.reading));
            all.addAll(Parameter.linear(block + ".self_attn.o_proj", heads * headSize, hidden, biases.writing));
            all.add(new Parameter(block + ".post_attention_layernorm.weight", new Shape(hidden), Role.NORM));
            all.addAll(Parameter.linear(block + ".mlp.gate_proj", hidden, inner, biases.feedForward));
            all.addAll(Parameter.linear(block + ".mlp.up_proj", hidden, inner, biases.feedForward));
            all.addAll(Parameter.linear(block + ".mlp.down_proj", inner, hidden, biases.feedForward));
        }
        all.add(new Parameter("model.norm.weight", new Shape(hidden), Role.NORM));
        if (head.last().equals("lm_head")) {
            all.add(new Parameter("lm_head.weight", new Shape(vocabulary, hidden), Role.LINEAR));
        }
        all.addAll(head.parameters());
        return all;
    }

    private static String block(int layer) {
        return "model.layers." + layer;
    }

    @Override
    public NDArray hidden(Network network, Tokens tokens) {
        var x = network.input(network.embedding("model.embed_tokens", tokens.ids()), tokens);
        var angles = rotary.table(tokens.positions(network.past(), x.getShape().get(1)));
        var mask = Mask.causal(tokens);
        for (var layer = 0; layer < layers; layer++) {
            var block = block(layer);
            var seen = mask.within(windows.get(layer));
            x = network.layer(x, input -> block(network, block, input, angles, seen));
        }
        return network.rmsNorm("model.norm", x, epsilon);
    }

    private NDArray block(Network network, String block, NDArray x, NDArray[] angles, Mask mask) {
        var normed = network.rmsNorm(block + ".input_layernorm", x, epsilon);
        var attention = attention(network, block + ".self_attn", normed, angles, mask);
        var attended = network.residual(block, Part.ATTENTION, x, attention, UnaryOperator.identity());
        normed = network.rmsNorm(block + ".post_attention_layernorm", attended, epsilon);
        var output = feedForward(network, block + ".mlp", normed);
        return network.residual(block, Part.FEED_FORWARD, attended, output, UnaryOperator.identity());
    }

    private NDArray attention(Network network, String name, NDArray x, NDArray[] angles, Mask mask) {
        var q = Ops.rotate(split(network.linear(name + ".q_proj", x), heads), angles[0], angles[1]);
        var k = Ops.rotate(split(network.linear(name + ".k_proj", x), keyValueHeads), angles[0], angles[1]);
        var v = split(network.linear(name + ".v_proj", x), keyValueHeads);
        var attended = network.attention(name, q, k, v, mask);
        var shape = x.getShape();
        return network.linear(
                name + ".o_proj", attended.swapAxes(1, 2).reshape(shape.get(0), shape.get(1), (long) heads * headSize));
    }

    /** {@code [batch, length, n·d] → [batch, n, length, d]}. */
    private NDArray split(NDArray x, int parts) {
        var shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), parts, headSize).swapAxes(1, 2);
    }

    private NDArray feedForward(Network network, String name, NDArray x) {
        var gate = activation.apply(network.linear(name + ".gate_proj", x));
        return network.linear(name + ".down_proj", gate.mul(network.linear(name + ".up_proj", x)));
    }

    @Override
    public Geometry geometry() {
        var attentions = IntStream.range(0, layers).mapToObj(layer -> block(layer) + ".self_attn");
        var blocks = IntStream.range(0, layers).mapToObj(Llama::block).toList();
        return new Geometry(hidden, attentions.toList(), keyValueHeads, headSize, Bottlenecks.beside(blocks));
    }

    @Override
    public boolean ignores(String tensor) {
        return tensor.endsWith(".rotary_emb.inv_freq")
                || tensor.equals("lm_head.weight")
                || tensor.equals("score.weight");
    }
}
