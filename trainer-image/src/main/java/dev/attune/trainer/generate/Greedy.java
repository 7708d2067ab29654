package dev.attune.trainer.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Architecture.Kind;
import dev.attune.trainer.model.KeyValueCache;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;

/** Continues or answers a text with the likeliest token, again and again. */
public final class Greedy {

    private Greedy() {}

    /**
     * The tokens that follow a prompt; of an encoder-decoder, those that answer it.
     *
     * @param prompt at least one token
     * @param most how many tokens at most
     * @param ends tokens that end the text; they are left out
     */
    public static int[] continuation(
            Architecture architecture, Network network, int[] prompt, int most, Set<Integer> ends) {
        try (var scope = Scope.withoutGradients();
                var cached = KeyValueCache.of(network)) {
            return architecture.kind() == Kind.ENCODER_DECODER
                    ? answer(architecture, cached, Tokens.of(ids(prompt), 0), most, ends)
                    : sequel(architecture, cached, prompt, most, ends);
        }
    }

    private static int[] sequel(Architecture architecture, Network network, int[] prompt, int most, Set<Integer> ends) {
        var virtual = network.virtualTokens();
        var room = architecture.maxLength() - virtual - network.past() - prompt.length;
        return write(
                Math.min(most, room),
                ends,
                prompt,
                (input, offset) ->
                        next(architecture, network, Tokens.of(ids(input), offset == 0 ? 0 : virtual + offset)));
    }

    /** The source is read once. */
    private static int[] answer(
            Architecture architecture, Network network, Tokens prompt, int most, Set<Integer> ends) {
        var source = architecture.source(network, prompt);
        return write(
                most,
                ends,
                new int[] {architecture.start()},
                (input, offset) ->
                        next(architecture, network, prompt.with(new Tokens.Answers(ids(input), source), offset)));
    }

    /** The token behind some input, of which {@code offset} tokens before are cached. */
    private interface Next {
        int after(int[] input, int offset);
    }

    private static int[] write(int most, Set<Integer> ends, int[] first, Next next) {
        var text = new int[Math.max(0, most)];
        var input = first;
        var offset = 0;
        for (var length = 0; length < text.length; length++) {
            var token = token(next, input, offset);
            if (ends.contains(token)) {
                return Arrays.copyOf(text, length);
            }
            text[length] = token;
            offset += input.length;
            input = new int[] {token};
        }
        return text;
    }

    /** What was computed for a token is gone before the next: it would lie between what weights are restored to. */
    private static int token(Next next, int[] input, int offset) {
        try (var scope = Scope.withoutGradients()) {
            return next.after(input, offset);
        }
    }

    private static int next(Architecture architecture, Network network, Tokens tokens) {
        NDArray last = architecture.hidden(network, tokens).get("0,-1").expandDims(0);
        return (int) architecture.outputs(network, last).argMax().getLong();
    }

    private static NDArray ids(int[] tokens) {
        return Torch.array(IntStream.of(tokens).asLongStream().toArray(), new Shape(1, tokens.length));
    }
}
