package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.api.Method.PromptTuning.Init;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Footprint.Trained;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Draw;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Parameter.Role;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Prompt tuning (https://arxiv.org/abs/2104.08691): embeddings of virtual tokens stand in front of every text. Saved as
 * PEFT saves it.
 *
 * @param rows embeddings that there are: PEFT keeps as many again for an encoder-decoder's decoder, and uses none of them
 * @param text whose tokens, repeated or cut to the length, the virtual tokens start as
 * @param init how they start without one
 */
record PromptTuning(int length, int rows, Optional<String> text, Init init) implements Method {

    static final String TYPE = "PROMPT_TUNING";

    static PromptTuning of(dev.attune.api.Method.PromptTuning spec) {
        return new PromptTuning(
                spec.length(),
                spec.length(),
                Optional.ofNullable(spec.initialText()),
                Optional.ofNullable(spec.init()).orElse(Init.VOCABULARY));
    }

    /** As an adapter's folder configures it; how it started doesn't matter any more. */
    static PromptTuning of(JsonNode config) {
        var length = config.path("num_virtual_tokens").asInt();
        var rows = length * config.path("num_transformer_submodules").asInt(1);
        return new PromptTuning(length, rows, Optional.empty(), Init.RANDOM);
    }

    @Override
    public String name() {
        return "promptTuning";
    }

    @Override
    public double learningRate() {
        return 3e-2;
    }

    @Override
    public Optional<String> unmergeable(Architecture architecture) {
        return Optional.of("virtual tokens are no weights of the model");
    }

    @Override
    public int places() {
        return length;
    }

    @Override
    public Footprint footprint(Architecture architecture) {
        var prompt = new Shape(rows, architecture.geometry().hidden());
        return VirtualTokens.footprint(architecture, List.of(new Trained(VirtualTokens.WEIGHTS, prompt)))
                .behind(length, 0);
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        var prompt = start(model, new Random(seed));
        var network = new Prompted(model.network(), prompt, length);
        var config = VirtualTokens.config(model, TYPE, length);
        config.put("num_transformer_submodules", rows / length);
        config.put("token_dim", model.architecture().geometry().hidden());
        config.put("prompt_tuning_init", text.isPresent() ? "TEXT" : init == Init.RANDOM ? "RANDOM" : "SAMPLE_VOCAB");
        text.ifPresent(initial -> {
            config.put("prompt_tuning_init_text", initial);
            config.put("tokenizer_name_or_path", model.source());
        });
        return VirtualTokens.adapted(
                model, network, List.of(new Trainable(VirtualTokens.WEIGHTS, prompt, true)), config, () -> prompt);
    }

    private NDArray start(Model model, Random random) {
        var width = model.architecture().geometry().hidden();
        if (text.isEmpty() && init == Init.RANDOM) {
            return Draw.normal(new Shape(rows, width), 1, random);
        }
        var ids = text.isPresent() ? tokens(model, text.get()) : drawn(model, random);
        try (var scope = Scope.withoutGradients()) {
            return scope.keep(Ops.embedding(vocabulary(model), Torch.array(ids)));
        }
    }

    private long[] tokens(Model model, String text) {
        try (var tokenizer = Tokenizer.read(model.folder())) {
            if (text.isBlank() || tokenizer.encode(text).length == 0) {
                throw TrainerFailure.invalidManifest(
                        "spec.method.promptTuning.initialText: is blank, or the tokenizer finds no token in it: write words, or leave it out");
            }
            var once = tokenizer.encodeWithSpecials(text);
            return IntStream.range(0, rows)
                    .mapToLong(place -> once[place % once.length])
                    .toArray();
        }
    }

    private long[] drawn(Model model, Random random) {
        return random.ints(rows, 0, model.architecture().vocabulary())
                .asLongStream()
                .toArray();
    }

    /** The embeddings of tokens, which come first of all that an architecture embeds. */
    private static NDArray vocabulary(Model model) {
        return model.architecture().parameters().stream()
                .filter(parameter -> parameter.role() == Role.EMBEDDING)
                .map(Parameter::name)
                .map(model::weight)
                .findFirst()
                .orElseThrow();
    }

    /** Puts the first rows of the prompt before the first token, and never again before those that follow. */
    private record Prompted(Network base, NDArray prompt, int virtualTokens) implements NetworkDecorator {

        @Override
        public NDArray input(NDArray x, Tokens tokens) {
            if (tokens.offset() > 0) {
                return base.input(x, tokens);
            }
            var shape = x.getShape();
            var virtual = Ops.slice(prompt, 0, virtualTokens)
                    .expandDims(0)
                    .broadcast(shape.get(0), virtualTokens, shape.get(2));
            return virtual.concat(base.input(x, tokens), 1);
        }
    }
}
