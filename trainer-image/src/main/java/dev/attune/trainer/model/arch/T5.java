package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
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
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** T5 (https://arxiv.org/abs/1910.10683) and T5 1.1, as transformers' {@code T5ForConditionalGeneration} computes them. */
record T5(
        Config config,
        Task task,
        int vocabulary,
        int hidden,
        int inner,
        int encoderLayers,
        int decoderLayers,
        int heads,
        int headSize,
        double epsilon,
        double initializerRange,
        int buckets,
        int farthest,
        boolean gated,
        UnaryOperator<NDArray> activation,
        int start,
        Head head)
        implements Architecture {

    private static final String PREFIX = "transformer.";
    private static final String SHARED = "shared";
    private static final String POSITIONS = ".relative_attention_bias";

    static T5 of(Config config, Task task) {
        return of(config, task, SHARED);
    }

    /** With the module that scores tokens. */
    private static T5 of(Config config, Task task, String vocabulary) {
        config.require("is_encoder_decoder", Set.of("true"), "true");
        config.require("is_decoder", Set.of("false"), "false");
        var hidden = config.integer("d_model");
        var layers = config.integer("num_layers");
        var projection = config.text("feed_forward_proj", "relu");
        var buckets = config.integer("relative_attention_num_buckets", 32);
        var farthest = config.integer("relative_attention_max_distance", 128);
        if (buckets < 4 || farthest <= buckets / 2) {
            throw config.refuse(
                    "relative_attention_num_buckets",
                    "%d is not implemented with relative_attention_max_distance %d: at least 4 are needed, and a distance above half of them"
                            .formatted(buckets, farthest));
        }
        return new T5(
                config,
                task,
                config.integer("vocab_size"),
                hidden,
                config.integer("d_ff"),
                layers,
                config.integer("num_decoder_layers", layers),
                config.integer("num_heads"),
                config.integer("d_kv"),
                config.number("layer_norm_epsilon", 1e-6),
                config.number("initializer_factor", 1),
                buckets,
                farthest,
                config.flag("is_gated_act", projection.startsWith("gated-")),
                activation(config, projection),
                config.integer("decoder_start_token_id", config.integer("pad_token_id", 0)),
                T5Head.of(config, task, vocabulary, hidden));
    }

    /** {@code ACTIVATION} or {@code gated-ACTIVATION}, where gated-gelu has always meant the one by tanh. */
    private static UnaryOperator<NDArray> activation(Config config, String projection) {
        var name = projection.equals("gated-gelu") ? "gelu_new" : projection.replaceFirst("^gated-", "");
        return Activation.of(config, "dense_act_fn", name);
    }

    /** Whether the head has a matrix of its own the file alone tells: transformers 5 says of every model that it is tied. */
    @Override
    public Architecture holding(Set<String> tensors) {
        var own = task.kind() == Task.Kind.LANGUAGE_MODELING
                && !T5Head.scaled(config)
                && tensors.contains(T5Head.VOCABULARY + ".weight");
        return own ? of(config, task, T5Head.VOCABULARY) : this;
    }

    @Override
    public Kind kind() {
        return Kind.ENCODER_DECODER;
    }

    /** What stands before the names of all weights but the head's. */
    private String prefix() {
        return switch (task.kind()) {
            case CLASSIFICATION, TAGGING, REGRESSION -> PREFIX;
            case LANGUAGE_MODELING, QUESTION_ANSWERING -> "";
        };
    }

    private String shared() {
        return prefix() + SHARED;
    }

    private String encoder(int layer) {
        return prefix() + "encoder.block." + layer;
    }

    private String decoder(int layer) {
        return prefix() + "decoder.block." + layer;
    }

    @Override
    public List<Parameter> parameters() {
        var all = new ArrayList<Parameter>();
        all.add(new Parameter(shared() + ".weight", new Shape(vocabulary, hidden), Role.EMBEDDING));
        for (var layer = 0; layer < encoderLayers; layer++) {
            var block = encoder(layer);
            attention(all, block + ".layer.0", "SelfAttention", layer == 0);
            feedForward(all, block + ".layer.1");
        }
        norm(all, prefix() + "encoder.final_layer_norm");
        for (var layer = 0; layer < decoderLayers; layer++) {
            var block = decoder(layer);
            attention(all, block + ".layer.0", "SelfAttention", layer == 0);
            attention(all, block + ".layer.1", "EncDecAttention", false);
            feedForward(all, block + ".layer.2");
        }
        norm(all, prefix() + "decoder.final_layer_norm");
        if (head.last().equals(T5Head.VOCABULARY)) {
            linear(all, T5Head.VOCABULARY, hidden, vocabulary);
        }
        all.addAll(head.parameters());
        return all;
    }

    private void attention(List<Parameter> all, String part, String name, boolean positions) {
        var attention = part + "." + name;
        linear(all, attention + ".q", hidden, heads * headSize);
        linear(all, attention + ".k", hidden, heads * headSize);
        linear(all, attention + ".v", hidden, heads * headSize);
        linear(all, attention + ".o", heads * headSize, hidden);
        if (positions) {
            all.add(new Parameter(attention + POSITIONS + ".weight", new Shape(buckets, heads), Role.EMBEDDING));
        }
        norm(all, part + ".layer_norm");
    }

    private void feedForward(List<Parameter> all, String part) {
        for (var wi : gated ? List.of("wi_0", "wi_1") : List.of("wi")) {
            linear(all, part + ".DenseReluDense." + wi, hidden, inner);
        }
        linear(all, part + ".DenseReluDense.wo", inner, hidden);
        norm(all, part + ".layer_norm");
    }

    private static void linear(List<Parameter> all, String module, int in, int out) {
        all.add(new Parameter(module + ".weight", new Shape(out, in), Role.LINEAR));
    }

    private void norm(List<Parameter> all, String module) {
        all.add(new Parameter(module + ".weight", new Shape(hidden), Role.NORM));
    }

    @Override
    public NDArray source(Network network, Tokens tokens) {
        var x = network.input(network.embedding(shared(), tokens.ids()), tokens);
        var mask = Mask.full(tokens).plus(positions(encoder(0), true).bias(network));
        for (var layer = 0; layer < encoderLayers; layer++) {
            var block = block(encoder(layer));
            x = network.layer(x, input -> block.read(network, input, mask));
        }
        return network.rmsNorm(prefix() + "encoder.final_layer_norm", x, epsilon);
    }

    @Override
    public NDArray hidden(Network network, Tokens tokens) {
        var answers = tokens.answers();
        var source = answers == null || answers.source() == null ? source(network, tokens) : answers.source();
        var ids = answers == null ? shifted(tokens.ids()) : answers.ids();
        var own = new Mask(true, 0, null, null, null)
                .plus(positions(decoder(0), false).bias(network));
        var other = Mask.full(tokens);
        var length = ids.getShape().get(1);
        // What a layer looks at goes through it beside what it works on, as gradients come back through its input
        // alone.
        var both = network.embedding(shared(), ids).concat(source, 1);
        for (var layer = 0; layer < decoderLayers; layer++) {
            var block = block(decoder(layer));
            both = network.layer(both, input -> {
                var parts = input.split(new long[] {length}, 1);
                var written = block.write(network, parts.get(0), own, parts.get(1), other);
                return written.concat(parts.get(1), 1);
            });
        }
        var last = both.split(new long[] {length}, 1).get(0);
        return network.rmsNorm(prefix() + "decoder.final_layer_norm", last, epsilon);
    }

    private T5Block block(String name) {
        return new T5Block(name, heads, headSize, epsilon, gated, activation);
    }

    private RelativePositions positions(String block, boolean bidirectional) {
        return new RelativePositions(block + ".layer.0.SelfAttention" + POSITIONS, bidirectional, buckets, farthest);
    }

    /** The ids behind the token that the decoder begins with, without their last. */
    private NDArray shifted(NDArray ids) {
        var rows = ids.getShape().get(0);
        var length = ids.getShape().get(1);
        var first = ids.getManager().full(new Shape(rows, 1), start, ids.getDataType());
        return length == 1 ? first : first.concat(ids.get(":,:-1"), 1);
    }

    /** Positions are relative: no row is too long. */
    @Override
    public int maxLength() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Geometry geometry() {
        var attentions = IntStream.range(0, decoderLayers).mapToObj(layer -> decoder(layer) + ".layer.0.SelfAttention");
        var encoder = IntStream.range(0, encoderLayers)
                .mapToObj(this::encoder)
                .flatMap(block -> sublayers(block, Part.ATTENTION, Part.FEED_FORWARD));
        var decoder = IntStream.range(0, decoderLayers)
                .mapToObj(this::decoder)
                .flatMap(block -> sublayers(block, Part.ATTENTION, Part.CROSS_ATTENTION, Part.FEED_FORWARD));
        return new Geometry(
                hidden,
                attentions.toList(),
                heads,
                headSize,
                Stream.concat(encoder, decoder).toList());
    }

    private static Stream<Sublayer> sublayers(String block, Part... parts) {
        return IntStream.range(0, parts.length)
                .mapToObj(place -> new Sublayer(block, parts[place], block + ".layer." + place));
    }

    @Override
    public Targets targets() {
        return new Targets(List.of("q", "v"), List.of("k", "v", "wo"), List.of("wo"));
    }

    /** Widths count: sums stay as large as what they are made of, and scores too, which nothing divides. */
    @Override
    public double initializerRange(Parameter parameter) {
        var name = parameter.name();
        if (name.endsWith(SHARED + ".weight") || name.startsWith(T5Head.VOCABULARY)) {
            return initializerRange;
        }
        var in = parameter.role() == Role.LINEAR ? parameter.in() : hidden;
        var wide = name.endsWith("Attention.q.weight") ? in * headSize : in;
        return initializerRange * Math.pow(wide, -0.5);
    }

    @Override
    public boolean ignores(String tensor) {
        return tensor.endsWith("coder.embed_tokens.weight")
                || tensor.endsWith("EncDecAttention" + POSITIONS + ".weight")
                || T5Head.holds(tensor);
    }

    /** A classifier's names have a prefix that the other tasks' lack; files of each serve all. */
    @Override
    public String canonical(String tensor) {
        if (T5Head.holds(tensor)) {
            return tensor;
        }
        return prefix() + (tensor.startsWith(PREFIX) ? tensor.substring(PREFIX.length()) : tensor);
    }
}
