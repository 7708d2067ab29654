package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.attune.api.FineTuneJobStatus;
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

    private static final Duration PATIENCE = Duration.ofMinutes(10);

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

    /** Fewer steps than the example's, by the patch that its README shows. */
    private static final String FEWER_STEPS = """
            [{"op": "remove", "path": "/spec/training/epochs"}, {"op": "add", "path": "/spec/training/steps", "value": 8}]
            """;

    @Test
    void smolLmLearnsToAnswerQuestions(Space space) throws IOException {
        Shelf.of(space, "claim")
                .put(model(), "model")
                .write(lines("faq/train", 192), "train.jsonl")
                .write(lines("faq/test", 24), "test.jsonl");
        space.apply(JOB);

        var finished = space.await("faq", "the end", PATIENCE, Told.holds("Complete"));

        assertThat(finished.trainer().trainableParameters()).isEqualTo(460_800);
        assertThat(lossAgainstBefore(finished)).isLessThan(0.9);
        var copy = Path.of("target", "smollm2-faq");
        Shelf.of(space, "claim").get("faq", copy.toAbsolutePath());
        assertThat(copy.resolve("adapter_model.safetensors")).isNotEmptyFile();
        assertThat(copy.resolve("adapter_config.json")).content().containsPattern("\"peft_type\"\\s*:\\s*\"LORA\"");
    }

    @Test
    void exampleLearnsFromChatsInFewerSteps(Space space) throws IOException {
        Shelf.of(space, "models").put(model(), "smollm2-135m-instruct");
        var data = Shelf.of(space, "data")
                .write(lines("chat/train", 64), "chat/train.jsonl")
                .write(lines("chat/test", 12), "chat/test.jsonl");
        space.apply(space.kubectl(
                        "patch",
                        "--local",
                        "-f",
                        "examples/smollm2-lora/job.yaml",
                        "--type=json",
                        "-o",
                        "yaml",
                        "-p",
                        FEWER_STEPS)
                .output());

        var finished = space.await("smollm2-chat", "the end", PATIENCE, Told.holds("Complete"));

        assertThat(lossAgainstBefore(finished)).isLessThan(1);
        assertThat(data.list("smollm2-chat")).contains("adapter_model.safetensors", "adapter_config.json");
    }

    private static double lossAgainstBefore(FineTuneJobStatus finished) {
        var loss = finished.metrics().stream()
                .filter(metric -> metric.name().equals("loss"))
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(loss.value()) / Double.parseDouble(loss.baseline());
    }

    private static Path model() {
        var model = MODELS.resolve("models/smollm2-135m-instruct");
        if (!Files.isDirectory(model)) {
            System.err.printf("%nSKIPPED: %s is missing; ATTUNE_MODELS names another folder%n%n", model);
        }
        assumeThat(model).isDirectory();
        return model;
    }

    private static String lines(String part, int count) throws IOException {
        try (var all = Files.lines(MODELS.resolve("data/" + part + ".jsonl"))) {
            return all.limit(count).collect(Collectors.joining("\n", "", "\n"));
        }
    }
}
