package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.attune.protocol.ExitCode;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.feature.FeatureStore;
import dev.attune.trainer.feature.Features;
import dev.attune.trainer.feature.Rows;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.NetworkDecorator;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.objective.Objectives;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.text.Tokenizer;
import dev.attune.trainer.train.Lbfgs;
import dev.attune.trainer.train.Stepper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole jobs that train weights of the model's own: its last layer, its head, its top, or what patterns name. */
class ProbeTest {

    private static final String MANIFEST = """
            apiVersion: attune.dev/v1alpha1
            kind: FineTuneJob
            metadata: {name: tiny}
            spec:
              model: {from: pvc://v/model}
              data: {train: [{from: pvc://v/train.jsonl}], evaluationFraction: 0.2}
              objective: {classification: {}}
              method: {linearProbe: {}}
              training: {steps: 12, batchSize: 8}
              checkpoints: {every: 3}
              output: {to: pvc://v/result}
            """;

    @TempDir
    Path folder;

    private TinyJob job(String name, String model) throws IOException {
        return job(name, model, 60);
    }

    private TinyJob job(String name, String model, int records) throws IOException {
        var job = TinyJob.in(folder.resolve(name), model);
        Files.writeString(
                job.file("train.jsonl"),
                IntStream.range(0, records)
                        .mapToObj(i -> "{\"text\": \"%s%d\", \"label\": \"%s\"}"
                                .formatted(
                                        Integer.toString(i * 7919 % 977, 36).repeat(1 + i % 3),
                                        i,
                                        i % 2 == 0 ? "even" : "odd"))
                        .collect(Collectors.joining("\n")));
        return job;
    }

    private static String with(String method) {
        return MANIFEST.replace("{linearProbe: {}}", method);
    }

    private static double evaluated(TinyJob.Outcome outcome, boolean last) {
        var all = outcome.all(Event.Evaluated.class);
        return all.get(last ? all.size() - 1 : 0).metrics().get("loss");
    }

    private static long computed(TinyJob.Outcome outcome) {
        return outcome.all(Event.Preparing.class).stream()
                .filter(event -> event.what().startsWith("computing features"))
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "bert-tiny"})
    void aProbeChangesItsLayerAloneAndLowersTheLossAtEveryStep(String model) throws IOException {
        var job = job("a", model);
        var outcome = job.run(MANIFEST);
        assertThat(outcome.failure()).isEqualTo("(none)");
        var steps = outcome.all(Event.Stepped.class);
        for (var i = 1; i < steps.size(); i++) {
            assertThat(steps.get(i).loss()).isLessThanOrEqualTo(steps.get(i - 1).loss() + 1e-3);
        }
        assertThat(steps.get(steps.size() - 1).loss()).isLessThan(steps.get(0).loss());
        assertThat(changed(job))
                .containsExactlyInAnyOrderElementsOf(
                        model.startsWith("bert")
                                ? Set.of(
                                        "classifier.weight",
                                        "classifier.bias",
                                        "bert.pooler.dense.weight",
                                        "bert.pooler.dense.bias")
                                : Set.of("score.weight"));
    }

    /** Weights that the result has and the model has not, or not so. */
    private static Set<String> changed(TinyJob job) {
        var before = SafetensorsFile.open(job.file("model/model.safetensors"));
        var after = SafetensorsFile.open(job.file("result/model.safetensors"));
        return after.names().stream()
                .filter(name -> !before.names().contains(name)
                        || !Arrays.equals(
                                before.floats(name).toFloatArray(),
                                after.floats(name).toFloatArray()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @CsvSource({
        "'{linearProbe: {}}', 4",
        "'{head: {}}', 4",
        "'{head: {unfreezeLayers: 1}}', 5",
        "'{full: {train: [\"score.*\"]}}', 2"
    })
    void aRunThatWasStoppedEndsAsOneThatWasNot(String method, int stopAfter) throws IOException {
        var whole = job("whole", "llama-tiny");
        assertThat(whole.run(with(method)).failure()).isEqualTo("(none)");
        var parted = job("parted", "llama-tiny");
        assertThat(parted.run(with(method), stopAfter).exit()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(parted.run(with(method)).exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(parted.bytes("result/model.safetensors")).isEqualTo(whole.bytes("result/model.safetensors"));
    }

    @Test
    void aRunThatWasStoppedWhileItComputedFeaturesGoesOnWithThem() throws IOException {
        var whole = job("whole", "llama-tiny", 600);
        var computedAtOnce = computed(whole.run(MANIFEST));
        var parted = job("parted", "llama-tiny", 600);
        var stopped = parted.run(MANIFEST, events -> true);
        assertThat(stopped.exit()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(stopped.all(Event.Interrupted.class)).hasSize(1);
        assertThat(stopped.all(Event.Started.class)).isEmpty();
        var rest = parted.run(MANIFEST);
        assertThat(rest.exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(computed(stopped)).isPositive();
        assertThat(computed(stopped) + computed(rest)).isEqualTo(computedAtOnce);
        assertThat(parted.bytes("result/model.safetensors")).isEqualTo(whole.bytes("result/model.safetensors"));
    }

    @Test
    void aProbeThatHasConvergedEndsAtTheLastStep() throws IOException {
        var outcome = job("a", "llama-tiny")
                .run(MANIFEST.replace("steps: 12", "steps: 5000, weightDecay: 0.5")
                        .replace("every: 3", "every: 1000"));
        assertThat(outcome.exit()).isEqualTo(ExitCode.SUCCEEDED);
        var steps = outcome.all(Event.Stepped.class);
        assertThat(steps).hasSizeLessThan(200);
        assertThat(steps.get(steps.size() - 1).step()).isEqualTo(5000);
        assertThat(outcome.all(Event.Saved.class))
                .last()
                .satisfies(saved -> assertThat(saved.step()).isEqualTo(5000));
    }

    @Test
    void featuresAreComputedOnceForAllJobsBesideOneAnother() throws IOException {
        var job = job("a", "llama-tiny");
        var first = job.run(MANIFEST);
        assertThat(computed(first)).isPositive();

        var probe = job.run(MANIFEST.replace("v/result", "v/again"));
        assertThat(computed(probe)).isZero();
        assertThat(job.bytes("again/model.safetensors")).isEqualTo(job.bytes("result/model.safetensors"));

        var head = job.run(with("{head: {}}").replace("v/result", "v/head"));
        assertThat(head.exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(computed(head)).isZero();
        assertThat(evaluated(head, false)).isCloseTo(evaluated(first, false), within(1e-6));
    }

    @Test
    void whereLayersAreTrainedNothingIsRemembered() throws IOException {
        var outcome = job("a", "llama-tiny").run(with("{head: {unfreezeLayers: 1}}"));
        assertThat(outcome.exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(computed(outcome)).isZero();
    }

    @Test
    void aHeadLearnsOnFeaturesWhatItLearnsOnTheRunningModel() throws IOException {
        var remembered = job("a", "llama-tiny").run(with("{head: {}}"));
        var running =
                job("b", "llama-tiny").run(with("{full: {train: [\"score.weight\", \"model.embed_tokens.weight\"]}}"));
        assertThat(running.all(Event.Stepped.class).get(0).loss())
                .isCloseTo(remembered.all(Event.Stepped.class).get(0).loss(), within(1e-5));
    }

    @Test
    void aPatternThatMatchesNothingIsTold() throws IOException {
        assertThat(job("a", "llama-tiny")
                        .run(with("{full: {train: [\"*.mlp.up.*\"]}}"))
                        .failure())
                .startsWith("spec.method.full.train[0]: no weight of the model is named *.mlp.up.*")
                .contains("model.layers.*.mlp.up_proj.weight");
    }

    /** Counts how often the body of a model begins. */
    private record Counting(Network base, AtomicInteger calls) implements NetworkDecorator {
        @Override
        public NDArray embedding(String name, NDArray ids) {
            calls.incrementAndGet();
            return base.embedding(name, ids);
        }
    }

    @Test
    void theSecondEpochDoesNotRunTheBackbone() throws IOException {
        var job = job("a", "llama-tiny");
        var spec = TinyJob.job(MANIFEST).getSpec();
        var places = new Places(job.folder(), job.folder());
        var files = Material.Files.of(spec.data(), places).train();
        var objective = Objectives.of(spec.objective(), files, Task.LANGUAGE_MODELING);
        var model =
                StartingModel.load(places, "pvc://v/model", objective.task(), 0).model();
        var calls = new AtomicInteger();
        var adapted = Methods.of(spec.method(), Path::of).adapt(model, 0);
        var counting = new Counting(adapted.training(), calls);
        var counted = new Adapted(counting, counting, adapted.trainables(), Optional.empty(), adapted.merged());
        try (var tokenizer = Tokenizer.read(job.file("model"))) {
            var examples = objective
                    .examples(files, model.architecture(), tokenizer, 64)
                    .all();
            var computed = Rows.computed(model.architecture(), objective);
            var batch = Batch.inOrder(examples, examples.size(), tokenizer.pad());
            var optimiser = new Lbfgs(adapted.trainables(), 0.01);

            var running = new Stepper(model.architecture(), counted, objective, computed, optimiser, 0);
            running.step(batch, new long[1], 1, () -> {});
            assertThat(calls.getAndSet(0)).as("an epoch on the running model").isGreaterThanOrEqualTo(2);

            var store = new FeatureStore(job.file("features"), 1 << 20, warning -> {});
            var features = Features.of(examples.stream(), Features.Unit.TEXT, 8);
            var width = model.architecture().geometry().hidden();
            var pass = new Features.Computation(computed, width, counting, tokenizer.pad(), done -> {}, () -> false);
            var rows = features.remembered(store, "model", pass).orElseThrow();
            var stepper = new Stepper(model.architecture(), counted, objective, rows, optimiser, 0);
            stepper.step(batch, new long[1], 1, () -> {});
            assertThat(calls.getAndSet(0))
                    .as("first epoch")
                    .isEqualTo(features.batches().size());
            stepper.step(batch, new long[1], 1, () -> {});
            stepper.step(batch, new long[1], 1, () -> {});
            assertThat(calls).as("later epochs").hasValue(0);
        }
    }
}
