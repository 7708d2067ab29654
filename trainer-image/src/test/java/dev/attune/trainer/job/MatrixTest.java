package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.attune.api.FineTuneJobSpec;
import dev.attune.api.Method;
import dev.attune.protocol.ExitCode;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.feature.Rows;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.method.Trainable;
import dev.attune.trainer.model.Architecture.Kind;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Precision;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.model.arch.Architectures;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.objective.Objectives;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.text.Tokenizer;
import dev.attune.trainer.train.AdamW;
import dev.attune.trainer.train.Stepper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every method on every architecture by every objective that fits, for a few steps on a tiny random model. Methods come from
 * the API and architectures from their registry, so that a new one is tried on all there are. A pair that can't work has to
 * be refused with a reason, and has to stand in {@link #REFUSED}.
 */
class MatrixTest {

    private static final Path MODELS = Path.of("src/test/resources/fixtures/models");

    private static final Map<Kind, List<String>> OBJECTIVES = Map.of(
            Kind.DECODER, List.of("instruction", "classification"),
            Kind.ENCODER, List.of("classification"),
            Kind.ENCODER_DECODER, List.of("sequenceToSequence", "classification"));

    /** What is refused, with a part of the reason: {@code method objective}, {@code method architecture}, or all three. */
    private static final Map<String, String> REFUSED = Map.of(
            "adapter gpt_neox", "has no bottlenecks for GPTNeoXFor",
            "promptTuning t5 classification", "T5ForSequenceClassification reads no virtual tokens",
            "prefixTuning t5 classification", "T5ForSequenceClassification reads no virtual tokens",
            "prefixTuning distilbert", "gives DistilBertForSequenceClassification no keys and values in front",
            "linearProbe instruction", "linearProbe",
            "linearProbe sequenceToSequence", "linearProbe",
            "head instruction", "head",
            "head sequenceToSequence", "head");

    private static final String MANIFEST = """
            apiVersion: attune.dev/v1alpha1
            kind: FineTuneJob
            metadata: {name: tiny}
            spec:
              model: {from: pvc://v/model}
              data: {train: [{from: pvc://v/train.jsonl}]}
              objective: {OBJECTIVE: {}}
              method: {METHOD: {}}
              training: {steps: 6, batchSize: 4, sequenceLength: 32}
              checkpoints: {every: 2, keep: 2}
              output: {to: pvc://v/result}
            """;

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> every_method_adapts_every_architecture() {
        return models().entrySet().stream()
                .flatMap(model -> methods()
                        .flatMap(method -> objectives(model.getValue())
                                .map(objective ->
                                        new Cell(folder, model.getKey(), model.getValue(), method, objective))))
                .map(cell -> DynamicTest.dynamicTest(cell.toString(), cell::check));
    }

    /** A model of each architecture: by {@code model_type}, the name of its folder. */
    private static Map<String, String> models() {
        var models = new TreeMap<String, String>();
        try (var folders = Files.list(MODELS)) {
            for (var model : folders.sorted().toList()) {
                var config = ModelFolder.config(model);
                if (Task.of(config).equals(Task.LANGUAGE_MODELING)) {
                    models.putIfAbsent(
                            config.text("model_type", "?"), model.getFileName().toString());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(models).containsOnlyKeys(Architectures.known());
        return models;
    }

    private static Stream<String> methods() {
        return Arrays.stream(Method.class.getRecordComponents()).map(RecordComponent::getName);
    }

    private static Stream<String> objectives(String model) {
        var config = ModelFolder.config(MODELS.resolve(model));
        return OBJECTIVES.get(Architectures.of(config, Task.LANGUAGE_MODELING).kind()).stream();
    }

    /** One method on one architecture by one objective. */
    private record Cell(Path folder, String architecture, String model, String method, String objective) {

        @Override
        public String toString() {
            return "%s on %s by %s".formatted(method, architecture, objective);
        }

        void check() throws IOException {
            var refused = Stream.of(
                            method + " " + objective,
                            method + " " + architecture,
                            method + " " + architecture + " " + objective)
                    .filter(REFUSED::containsKey)
                    .findFirst();
            if (refused.isPresent()) {
                refuses(REFUSED.get(refused.get()));
                return;
            }
            var whole = job("whole");
            var outcome = whole.run(manifest());
            assertThat(outcome.exit()).as(outcome.failure()).isEqualTo(ExitCode.SUCCEEDED);
            resumes(whole);
            moves_what_it_trains_and_comes_back_from_its_files(whole);
        }

        private void refuses(String reason) {
            var outcome = refusal();
            assertThat(outcome).contains(reason);
        }

        private String refusal() {
            try {
                var outcome = job("refused").run(manifest());
                assertThat(outcome.exit()).isEqualTo(ExitCode.INVALID);
                return outcome.failure();
            } catch (RuntimeException e) {
                return e.getMessage();
            }
        }

        private TinyJob job(String name) {
            var job = TinyJob.in(folder.resolve(toString().replace(' ', '-')).resolve(name), model);
            try {
                Files.writeString(job.file("train.jsonl"), records());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return job;
        }

        private String manifest() {
            return MANIFEST.replace("OBJECTIVE", objective).replace("METHOD", method);
        }

        private String records() {
            var form = objective.equals("classification")
                    ? "{\"text\": \"%d plus %d is %d\", \"label\": \"%s\"}"
                    : "{\"prompt\": \"%d plus %d is\", \"completion\": \" %d, %s\"}";
            return IntStream.range(0, 24)
                    .mapToObj(i -> form.formatted(
                            i,
                            i + 1,
                            2 * i + 1,
                            List.of("low", "middle", "high").get(i / 8)))
                    .collect(Collectors.joining("\n"));
        }

        private void resumes(TinyJob whole) throws IOException {
            var stopped = job("stopped");
            assertThat(stopped.run(manifest(), 3).exit()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(stopped.run(manifest()).exit()).isEqualTo(ExitCode.SUCCEEDED);
            try (var files = Files.list(whole.file("result"))) {
                for (var file :
                        files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
                    assertThat(stopped.file("result").resolve(file.getFileName()))
                            .hasSameBinaryContentAs(file);
                }
            }
        }

        private void moves_what_it_trains_and_comes_back_from_its_files(TinyJob job) throws IOException {
            var spec = TinyJob.job(manifest()).getSpec();
            var places = new Places(job.folder(), job.folder());
            var files = Material.Files.of(spec.data(), places);
            var chosen = Objectives.of(spec.objective(), files.train(), Task.LANGUAGE_MODELING);
            var start = StartingModel.load(places, spec.model().from(), chosen.task(), 0);
            try (var tokenizer = Tokenizer.read(start.tokenizer())) {
                var objective = chosen.on(start.model().architecture(), tokenizer);
                var examples = objective
                        .examples(files.train(), start.model().architecture(), tokenizer, 32)
                        .all();
                var batch = objective.drawn(Batch.of(examples.subList(6, 12), tokenizer.pad()), 0);
                var adapted = method(spec).adapt(start.model(), 1);
                moves_exactly_what_it_trains(spec, start.model(), adapted, objective, batch);
                var outputs = outputs(start.model(), adapted.inference(), objective, batch);
                var again = reloaded(spec, places, start.model(), adapted, job.file("again"));
                assertThat(outputs(start.model(), again, objective, batch)).isEqualTo(outputs);
                merges(spec, start.model(), adapted, objective, batch, outputs);
                bf16_differs_by_its_rounding(spec, places, objective, batch);
            }
        }

        private static void bf16_differs_by_its_rounding(
                FineTuneJobSpec spec, Places places, Objective objective, Batch batch) {
            var exact = pass(spec, places, objective, batch, Precision.FP32);
            var rounded = pass(spec, places, objective, batch, Precision.BF16);
            assertThat(rounded.loss()).isCloseTo(exact.loss(), withinPercentage(1));
            var apart = rounded.gradients().sub(exact.gradients());
            assertThat(length(apart))
                    .as("difference of all gradients, taken as one vector")
                    .isPositive()
                    .isLessThan(0.05f * length(exact.gradients()));
        }

        /** What a pass forwards and backwards comes to; gradients as one row. */
        private record Pass(double loss, NDArray gradients) {}

        private static Pass pass(
                FineTuneJobSpec spec, Places places, Objective objective, Batch batch, Precision precision) {
            var model = StartingModel.load(places, spec.model().from(), objective.task(), 0)
                    .in(precision)
                    .model();
            var adapted = method(spec).adapt(model, 1);
            model.freeze(adapted.trainables().stream().map(Trainable::array).toList());
            var network = adapted.training();
            try (var scope = Scope.withGradients()) {
                var rows = objective.rows(model.architecture(), network, batch);
                var loss = objective.learn(model.architecture(), network, rows, batch, 1);
                var gradients = new NDList();
                adapted.trainables()
                        .forEach(t -> gradients.add(t.array().getGradient().flatten()));
                return new Pass(loss, scope.keep(NDArrays.concat(gradients)));
            }
        }

        private static float length(NDArray row) {
            return row.norm().getFloat();
        }

        private static void moves_exactly_what_it_trains(
                FineTuneJobSpec spec, Model model, Adapted adapted, Objective objective, Batch batch) {
            var frozen = new LinkedHashMap<String, float[]>();
            var trained = adapted.trainables().stream().map(Trainable::array).toList();
            model.weights().forEach((name, array) -> {
                if (trained.stream().noneMatch(array::equals)) {
                    frozen.put(name, array.toFloatArray());
                }
            });
            var before = numbers(adapted);
            var stepper = new Stepper(
                    model.architecture(),
                    adapted,
                    objective,
                    Rows.computed(model.architecture(), objective),
                    new AdamW(adapted.trainables(), 0.01),
                    1.0);
            for (var step = 0; step < 3; step++) {
                var still = numbers(adapted);
                stepper.step(
                        List.of(batch),
                        new long[] {step},
                        1e-2,
                        () -> assertThat(numbers(adapted))
                                .as("what is trained, before the update")
                                .isDeepEqualTo(still));
            }
            for (var i = 0; i < before.length; i++) {
                var trainable = adapted.trainables().get(i);
                assertThat(trainable.array().toFloatArray())
                        .as(trainable.name() + " moves")
                        .isNotEqualTo(before[i]);
            }
            frozen.forEach(
                    (name, numbers) -> assertThat(model.weights().get(name).toFloatArray())
                            .as(name + " stays")
                            .isEqualTo(numbers));
        }

        private static float[][] numbers(Adapted adapted) {
            return adapted.trainables().stream()
                    .map(trainable -> trainable.array().toFloatArray())
                    .toArray(float[][]::new);
        }

        private static Network reloaded(FineTuneJobSpec spec, Places places, Model model, Adapted adapted, Path folder)
                throws IOException {
            Files.createDirectories(folder);
            var method = method(spec);
            var fresh = StartingModel.load(places, spec.model().from(), model.task(), 0)
                    .model();
            if (adapted.adapter().isPresent()) {
                adapted.adapter().get().write(folder);
                return Methods.load(fresh, folder).inference();
            }
            adapted.save(folder);
            var again = method.adapt(fresh, 0);
            again.restore(folder);
            return again.inference();
        }

        private static void merges(
                FineTuneJobSpec spec, Model model, Adapted adapted, Objective objective, Batch batch, float[] outputs) {
            if (method(spec).unmergeable(model.architecture()).isPresent()) {
                return;
            }
            var merged = outputs(model, new WeightsNetwork(adapted.merged().get()), objective, batch);
            for (var i = 0; i < outputs.length; i++) {
                assertThat(merged[i]).isCloseTo(outputs[i], within(1e-4f));
            }
        }

        private static dev.attune.trainer.method.Method method(FineTuneJobSpec spec) {
            return Methods.of(spec.method(), uri -> Path.of(uri));
        }

        private static float[] outputs(Model model, Network network, Objective objective, Batch batch) {
            try (var scope = Scope.withoutGradients()) {
                NDArray rows = objective.rows(model.architecture(), network, batch);
                return model.architecture().outputs(network, rows).toFloatArray();
            }
        }
    }
}
