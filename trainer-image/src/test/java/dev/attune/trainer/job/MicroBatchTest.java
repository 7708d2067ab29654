package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import dev.attune.trainer.estimate.Room;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Preparing;
import dev.attune.trainer.feature.Rows;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.objective.Objectives;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.tensor.Processor;
import dev.attune.trainer.text.Tokenizer;
import dev.attune.trainer.train.AdamW;
import dev.attune.trainer.train.Stepper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many examples are computed at once decides how much memory a step takes, and nothing else. */
class MicroBatchTest {

    private static final String RESULT = "result/adapter_model.safetensors";

    @TempDir
    Path folder;

    private static String by(Object size) {
        return TinyJob.MANIFEST.replace("microBatchSize: 2", "microBatchSize: " + size);
    }

    private static Hardware of(Optional<Room> room) {
        return new Hardware(new Processor(true), room);
    }

    private TinyJob job(String name) {
        return TinyJob.in(folder.resolve(name), "llama-tiny");
    }

    private static List<String> told(TinyJob.Outcome outcome) {
        return outcome.all(Preparing.class).stream()
                .map(Preparing::what)
                .filter(what -> what.contains("at once"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "llama-tiny, '{lora: {rank: 4}}'",
        "llama-tiny, '{full: {}}'",
        "gpt2-tiny, '{adapter: {}}'",
        "qwen2-tiny, '{prefixTuning: {length: 3}}'"
    })
    void anySizeLearnsTheSame(String model, String method) {
        var steps = List.of(4, 2, 1).stream()
                .map(size -> TinyJob.in(folder.resolve("by" + size), model)
                        .run(by(size).replace("{lora: {rank: 4, dropout: 0.1}}", method))
                        .all(Event.Stepped.class))
                .toList();

        assertThat(steps.get(0)).hasSize(12);
        for (var smaller : steps.subList(1, 3)) {
            assertThat(smaller).zipSatisfy(steps.get(0), (step, whole) -> {
                assertThat(step.loss()).isCloseTo(whole.loss(), within(1e-5));
                assertThat(step.gradientNorm()).isCloseTo(whole.gradientNorm(), within(1e-4 * whole.gradientNorm()));
            });
        }
    }

    @Test
    void automaticIsTheWholeBatchWhereThereIsMemoryForIt() {
        var whole = job("whole");
        whole.run(by(4));
        var auto = job("auto");

        var outcome = auto.run(by("auto"));

        assertThat(told(outcome)).isEmpty();
        assertThat(auto.bytes(RESULT)).isEqualTo(whole.bytes(RESULT));
    }

    @Test
    void automaticIsSmallerWhereThereIsLessAndSaysSo() {
        var single = job("single");
        single.run(by(1));
        var auto = job("auto");

        var outcome = auto.run(by("auto"), of(Optional.of(new Room(8 << 20, "this test"))));

        assertThat(told(outcome))
                .containsExactly(
                        "trying 1 example at once",
                        "computing 1 of 4 examples at once, as many as there is memory for");
        assertThat(auto.bytes(RESULT)).isEqualTo(single.bytes(RESULT));
    }

    @Test
    void automaticIsTriedWhereNobodyKnowsHowMuchThereIsAndATrialLeavesNoTrace() {
        var whole = job("whole");
        whole.run(by(4));
        var auto = job("auto");

        var outcome = auto.run(by("auto"), of(Optional.empty()));

        assertThat(told(outcome)).containsExactly("trying 4 examples at once");
        assertThat(auto.bytes(RESULT)).isEqualTo(whole.bytes(RESULT));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTrialEndsAtTheLargestThatThereIsMemoryFor(boolean recomputing) {
        var tried = new ArrayList<Integer>();

        assertThat(trial(recomputing, 2, tried)).isEqualTo(2);
        assertThat(tried).containsExactly(6, 3, 2, 2);
    }

    @Test
    void whereThereIsNoMemoryEvenForOneTheTrialSaysSo() {
        var tried = new ArrayList<Integer>();

        assertThatThrownBy(() -> trial(false, 0, tried)).hasMessage("CUDA out of memory");
        assertThat(tried).containsExactly(6, 3, 2, 1);
    }

    /** The size that a trial of six examples finds where there is no memory for more than some. */
    private int trial(boolean recomputing, int most, List<Integer> tried) {
        var job = job("trial");
        var spec = TinyJob.job(TinyJob.MANIFEST).getSpec();
        var places = new Places(job.folder(), job.folder());
        var files = Material.Files.of(spec.data(), places).train();
        var objective = Objectives.of(spec.objective(), files, Task.LANGUAGE_MODELING);
        var model =
                StartingModel.load(places, "pvc://v/model", objective.task(), 0).model();
        var keeping = Methods.of(spec.method(), Path::of).adapt(model, 0);
        var adapted = recomputing ? keeping.recomputing() : keeping;
        var computed = Rows.computed(model.architecture(), objective);
        Rows noMore = (network, batch) -> {
            var rows = computed.of(network, batch);
            tried.add(batch.size());
            if (batch.size() > most) {
                throw new EngineException("CUDA out of memory");
            }
            return rows;
        };
        var stepper =
                new Stepper(model.architecture(), adapted, objective, noMore, new AdamW(adapted.trainables(), 0), 1);
        try (var tokenizer = Tokenizer.read(job.file("model"))) {
            var examples = objective
                    .examples(files, model.architecture(), tokenizer, 64)
                    .all();
            return new Trial(stepper, examples, 6, tokenizer.pad()).largest(6);
        }
    }
}
