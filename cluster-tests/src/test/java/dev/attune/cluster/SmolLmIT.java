package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A real model learns from real data through a manifest. */
@OnCluster
class SmolLmIT {

    private static final Path MODELS = Optional.ofNullable(System.getenv("ATTUNE_MODELS"))
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".cache", "attune-models"));

    private static final String JOB = """
            apiVersion: attune.dev/v1alpha1
            kind: FineTuneJob
            metadata: {name: faq}
            spec:
              model: {from: pvc://claim/model}
              data:
                train: [{from: pvc://claim/train.jsonl}]
                evaluation: [{from: pvc://claim/test.jsonl}]
              objective: {instruction: {}}
              method: {lora: {rank: 8, alpha: 16}}
              training: {steps: 24, batchSize: 8, microBatchSize: 4, sequenceLength: 64, learningRate: 1e-3}
              evaluation: {every: 12}
              checkpoints: {to: pvc://claim/checkpoints, every: 12}
              output: {to: pvc://claim/faq}
              trainer: {resources: {limits: {memory: 6Gi}}}
            """;

    @Test
    void smolLmLearnsToAnswerQuestions(Space space) throws IOException {
        var model = MODELS.resolve("models/smollm2-135m-instruct");
        if (!Files.isDirectory(model)) {
            System.err.printf("%nSKIPPED: %s is missing; ATTUNE_MODELS names another folder%n%n", model);
        }
        assumeThat(model).isDirectory();
        Shelf.of(space, "claim")
                .put(model, "model")
                .write(lines("train", 192), "train.jsonl")
                .write(lines("test", 24), "test.jsonl");
        space.apply(JOB);

        var finished = space.await("faq", "the end", Duration.ofMinutes(10), Told.holds("Complete"));

        assertThat(finished.trainer().trainableParameters()).isEqualTo(460_800);
        assertThat(finished.metrics())
                .filteredOn(metric -> metric.name().equals("loss"))
                .singleElement()
                .satisfies(loss -> assertThat(Double.parseDouble(loss.value()))
                        .isLessThan(Double.parseDouble(loss.baseline()) * 0.9));
        var copy = Path.of("target", "smollm2-faq");
        Shelf.of(space, "claim").get("faq", copy.toAbsolutePath());
        assertThat(copy.resolve("adapter_model.safetensors")).isNotEmptyFile();
        assertThat(copy.resolve("adapter_config.json")).content().containsPattern("\"peft_type\"\\s*:\\s*\"LORA\"");
    }

    private static String lines(String part, int count) throws IOException {
        try (var all = Files.lines(MODELS.resolve("data/faq/" + part + ".jsonl"))) {
            return all.limit(count).collect(Collectors.joining("\n", "", "\n"));
        }
    }
}
