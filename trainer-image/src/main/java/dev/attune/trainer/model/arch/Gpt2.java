package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
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
import dev.attune.trainer.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** GPT-2 (Radford et al. 2019), as transformers' {@code GPT2LMHeadModel} computes it. */
record Gpt2(
        int vocabulary,
        int maxLength,
        int hidden,
        int inner,
        int layers,
        int heads,
        double epsilon,
        double initializerRange,
        UnaryOperator<NDArray> activation,
        Head head)
        implements Architecture {

    private static final String PREFIX = "transformer.";

    static Gpt2 of(Config config, Task task) {
        config.require("scale_attn_weights", Set.of("true"), "true");
        config.require("scale_attn_by_inverse_layer_idx", Set.of("false"), "false");
        config.require("reorder_and_upcast_attn", Set.of("false"), "false");
        config.require("add_cross_attention", Set.of("false"), "false");
        var hidden = config.integer("n_embd");
        var heads = config.integer("n_head");
        if (hidden % heads != 0) {
            throw config.refuse("n_head", heads + " does not divide n_embd, which is " + hidden);
        }
        var tied = config.flag("tie_word_embeddings", true);
        return new Gpt2(
                config.integer("vocab_size"),
                config.integer("n_positions", 1024),
                hidden,
                config.integer("n_inner", 4 * hidden),
                config.integer("n_layer"),
                heads,
                config.number("layer_norm_epsilon", 1e-5),
                config.number("initializer_range", 0.02),
                Activation.of(config, "activation_function", "gelu_new"),
                DecoderHead.of(config, task, "GPT2", "GPT2LMHeadModel", tied ? PREFIX + "wte" : "lm_head", hidden));
    }

    @Override
    public Kind kind() {
        return Kind.DECODER;
    }

    @Override
    public List<Parameter> parameters() {
        var all = new ArrayList<Parameter>();
        all.add(new Parameter(PREFIX + "wte.weight", new Shape(vocabulary, hidden), Role.EMBEDDING));
        all.add(new Parameter(PREFIX + "wpe.weight", new Shape(maxLength, hidden), Role.EMBEDDING));
        for (var layer = 0; layer < layers; layer++) {
            var block = block(layer);
            all.addAll(Parameter.layerNorm(block + ".ln_1", hidden));
            conv1d(all, block + ".attn.c_attn", hidden, 3 * hidden);
            conv1d(all, block + ".attn.c_proj", hidden, hidden);
            all.addAll(Parameter.layerNorm(block + ".ln_2", hidden));
            conv1d(all, block + ".mlp.c_fc", hidden, inner);
            conv1d(all, block + ".mlp.c_proj", inner, hidden);
        }
        all.addAll(Parameter.layerNorm(PREFIX + "ln_f", hidden));
        if (head.last().equals("lm_head")) {
            all.add(new Parameter("lm_head.weight", new Shape(vocabulary, hidden), Role.LINEAR));
        }
        all.addAll(head.parameters());
        return all;
    }

    private static void conv1d(List<Parameter> all, String module, int in, int out) {
        all.add(new Parameter(module + ".weight", new Shape(in, out), Role.CONV1D));
        all.add(new Parameter(module + ".bias", new Shape(out), Role.BIAS));
    }

    private static String block(int layer) {
        return PREFIX + "h." + layer;
    }

    @Override
    public NDArray hidden(Network network, Tokens tokens) {
        var read = network.input(network.embedding(PREFIX + "wte", tokens.ids()), tokens);
        var positions = Torch.array(
                        tokens.positions(network.past(), read.getShape().get(1)))
                .expandDims(0);
        var x = read.add(network.embedding(PREFIX + "wpe", positions));
        var mask = Mask.causal(tokens);
        for (var layer = 0; layer < layers; layer++) {
            var block = block(layer);
            x = network.layer(x, input -> block(network, block, input, mask));
        }
        return network.layerNorm(PREFIX + "ln_f", x, epsilon);
    }

    private NDArray block(Network network, String block, NDArray x, Mask mask) {
        var attention = attention(network, block + ".attn", network.layerNorm(block + ".ln_1", x, epsilon), mask);
        var attended = network.residual(block, Part.ATTENTION, x, attention, UnaryOperator.identity());
        var output = feedForward(network, block + ".mlp", network.layerNorm(block + ".ln_2", attended, epsilon));
        return network.residual(block, Part.FEED_FORWARD, attended, output, UnaryOperator.identity());
    }

    private NDArray attention(Network network, String name, NDArray x, Mask mask) {
        var batch = x.getShape().get(0);
        var length = x.getShape().get(1);
        NDList parts = network.conv1d(name + ".c_attn", x).split(3, 2);
        var split = parts.stream()
                .map(part -> part.reshape(batch, length, heads, hidden / heads).swapAxes(1, 2))
                .toList();
        var attended = network.attention(name, split.get(0), split.get(1), split.get(2), mask);
        return network.conv1d(name + ".c_proj", attended.swapAxes(1, 2).reshape(batch, length, hidden));
    }

    private NDArray feedForward(Network network, String name, NDArray x) {
        return network.conv1d(name + ".c_proj", activation.apply(network.conv1d(name + ".c_fc", x)));
    }

    @Override
    public Geometry geometry() {
        var attentions = IntStream.range(0, layers).mapToObj(layer -> block(layer) + ".attn");
        var blocks = IntStream.range(0, layers).mapToObj(Gpt2::block).toList();
        return new Geometry(hidden, attentions.toList(), heads, hidden / heads, Bottlenecks.beside(blocks));
    }

    @Override
    public Targets targets() {
        return new Targets(List.of("c_attn"), List.of("c_attn", "mlp.c_proj"), List.of("mlp.c_proj"));
    }

    @Override
    public boolean ignores(String tensor) {
        return tensor.endsWith(".attn.bias")
                || tensor.endsWith(".attn.masked_bias")
                || tensor.equals("lm_head.weight")
                || tensor.equals("score.weight");
    }

    @Override
    public String canonical(String tensor) {
        var whole = tensor.startsWith(PREFIX) || tensor.startsWith("lm_head.") || tensor.startsWith("score.");
        return whole ? tensor : PREFIX + tensor;
    }
}
