package dev.attune.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A FineTuneJob on a tiny model, whose steps take some milliseconds; its parts are exchanged one by one.
 *
 * @param more further fields of the spec, as YAML with an indent of two
 */
record Recipe(String name, String model, String data, int steps, String form, String more) {

    /** How long a run of the fewest steps may take, the start of its pod included. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String MODEL = "trainer-image/src/test/resources/fixtures/models/llama-tiny";

    static Recipe named(String name) {
        return new Recipe(name, "pvc://claim/model", "pvc://claim/train.jsonl", 20, "adapter", "");
    }

    /** Puts the model and the data onto a claim. */
    static Shelf fill(Shelf shelf) {
        return shelf.put(Command.REPOSITORY.resolve(MODEL), "model").write(data(64), "train.jsonl");
    }

    /** Questions and answers that a tiny model can learn. */
    static String data(int examples) {
        return IntStream.range(0, examples)
                .mapToObj(i -> "{\"prompt\": \"after %d\", \"completion\": \"%d\"}".formatted(i, i + 1))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** A merge patch that brings the data into a ConfigMap. */
    static String configMapPatch(String key) {
        var patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("data").put(key, data(64));
        return patch.toString();
    }

    Recipe model(String uri) {
        return new Recipe(name, uri, data, steps, form, more);
    }

    Recipe data(String uri) {
        return new Recipe(name, model, uri, steps, form, more);
    }

    Recipe steps(int count) {
        return new Recipe(name, model, data, count, form, more);
    }

    Recipe merged() {
        return new Recipe(name, model, data, steps, "merged", more);
    }

    /** With a further line of the spec. */
    Recipe with(String line) {
        return new Recipe(name, model, data, steps, form, more + "  " + line + "\n");
    }

    @Override
    public String toString() {
        return """
                apiVersion: attune.dev/v1alpha1
                kind: FineTuneJob
                metadata: {name: %1$s}
                spec:
                  model: {from: %2$s}
                  data: {train: [{from: %3$s}]}
                  objective: {instruction: {}}
                  method: {lora: {rank: 4}}
                  training: {steps: %4$d, batchSize: 4, sequenceLength: 64}
                  checkpoints: {to: pvc://claim/checkpoints/%1$s, every: %5$d}
                  output: {to: pvc://claim/results/%1$s, form: %6$s}
                """.formatted(name, model, data, steps, Math.max(1, steps / 20), form) + more;
    }
}
