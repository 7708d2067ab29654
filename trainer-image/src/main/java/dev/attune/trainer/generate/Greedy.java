package dev.attune.trainer.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.KeyValueCache;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;

/** Continues a text with the likeliest token, again and again. */
public final class Greedy {

    private Greedy() {}

    /**
     * The tokens that follow a prompt.
     *
     * @param prompt at least one token
     * @param most how many tokens at most
     * @param ends tokens that end the text; they are left out
     */
    public static int[] continuation(
            Architecture architecture, Network network, int[] prompt, int most, Set<Integer> ends) {
        var taken = network.virtualTokens() + network.past() + prompt.length;
        var room = Math.min(most, architecture.maxLength() - taken);
        var text = new int[Math.max(0, room)];
        try (var scope = Scope.withoutGradients();
                var cached = KeyValueCache.of(network)) {
            var input = prompt;
            var offset = 0;
            for (var length = 0; length < text.length; length++) {
                var next = next(architecture, cached, input, offset);
                if (ends.contains(next)) {
                    return Arrays.copyOf(text, length);
                }
                text[length] = next;
                offset += input.length + (offset == 0 ? network.virtualTokens() : 0);
                input = new int[] {next};
            }
        }
        return text;
    }

    private static int next(Architecture architecture, Network network, int[] input, int offset) {
        var ids = Torch.manager().create(IntStream.of(input).asLongStream().toArray(), new Shape(1, input.length));
        var hidden = architecture.hidden(network, Tokens.of(ids, offset));
        NDArray last = hidden.get("0,-1").expandDims(0);
        return (int) architecture.outputs(network, last).argMax().getLong();
    }
}
