package dev.attune.trainer.job;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Generated;
import dev.attune.trainer.feature.Rows;
import dev.attune.trainer.generate.Greedy;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Architecture.Kind;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Measures a model on examples that it doesn't learn from, and lets it write.
 *
 * @param rows where the hidden states that the head reads come from
 * @param examples to measure by; none: nothing is measured
 * @param prompts whose beginnings the model goes on from
 * @param batchSize examples computed at once
 * @param start gives the model that training started from
 */
record Judge(
        Architecture architecture,
        Adapted adapted,
        Objective objective,
        Rows rows,
        Tokenizer tokenizer,
        List<Example> examples,
        List<Example> prompts,
        int batchSize,
        Supplier<Model> start) {

    private static final int SAMPLES = 3;
    private static final int SAMPLE_TOKENS = 40;
    private static final int OPENING_TOKENS = 16;

    /** Whether there is anything to measure by. */
    boolean measures() {
        return !examples.isEmpty();
    }

    /** The objective's metrics over all examples. */
    Evaluated measure(int step) {
        var tally = objective.tally();
        var network = adapted.inference();
        for (var examples : Batch.inOrder(examples, batchSize, tokenizer.pad())) {
            var batch = objective.drawn(examples, 0);
            try (var scope = Scope.withoutGradients()) {
                tally.add(batch, objective.loss(architecture, network, rows.of(network, batch), batch));
            }
        }
        return new Evaluated(step, tally.metrics());
    }

    /**
     * What the model writes behind the first few prompts, and what the one that it started from does. Both are written at
     * the end, so that the first step doesn't wait.
     */
    List<Generated> write(int step) {
        if (!objective.writes()) {
            return List.of();
        }
        var written = new ArrayList<Generated>();
        try (var scope = Scope.withoutGradients()) {
            written.addAll(write(0, start.get().network()));
        }
        written.addAll(write(step, adapted.inference()));
        return written;
    }

    private List<Generated> write(int step, Network network) {
        var written = new ArrayList<Generated>();
        for (var example : prompts.subList(0, Math.min(SAMPLES, prompts.size()))) {
            var prompt = architecture.kind() == Kind.ENCODER_DECODER ? source(example) : opening(example);
            var text = Greedy.continuation(architecture, network, prompt, SAMPLE_TOKENS, ends());
            written.add(new Generated(step, tokenizer.decode(prompt), tokenizer.decode(text)));
        }
        return written;
    }

    private Set<Integer> ends() {
        return tokenizer.special().stops();
    }

    /** What the encoder reads. */
    private int[] source(Example example) {
        return objective.drawn(Batch.of(List.of(example), tokenizer.pad()), 0).ids();
    }

    /** What stands before the first token to learn; of a text that is learnt whole, its first tokens. */
    private static int[] opening(Example example) {
        var length = 0;
        while (length < example.length() && example.labels()[length] == Batch.IGNORED) {
            length++;
        }
        return Arrays.copyOf(example.ids(), length > 0 ? length : Math.min(OPENING_TOKENS, (example.length() + 1) / 2));
    }
}
