package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole jobs that learn to tell what a text is. */
class ClassifierTest {

    private static final String MANIFEST = TinyJob.MANIFEST
            .replace("instruction: {}", "classification: {}")
            .replace("evaluationFraction: 0.1", "evaluationFraction: 0.2");

    @TempDir
    Path folder;

    private TinyJob job;

    @BeforeEach
    void layOut() throws IOException {
        job = TinyJob.in(folder, "gpt2-tiny");
        records("{\"text\": \"%s\", \"label\": \"%s\"}", "yes", "no");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora: {rank: 4}", "full: {}"})
    void learnsAndSavesWhatTransformersHasToKnow(String method) throws IOException {
        var outcome = job.run(MANIFEST.replaceAll("lora: .*", method + "}").replace("steps: 12", "steps: 60"));

        assertThat(outcome.failure()).isEqualTo("(none)");
        var evaluated = outcome.all(Event.Evaluated.class);
        assertThat(evaluated.get(0).metrics()).containsOnlyKeys("loss", "accuracy", "macroF1");
        assertThat(evaluated.get(evaluated.size() - 1).metrics().get("accuracy"))
                .isEqualTo(1.0);
        assertThat(outcome.all(Event.Generated.class)).isEmpty();
        var config = config();
        assertThat(config.path("architectures").path(0).asText()).isEqualTo("GPT2ForSequenceClassification");
        assertThat(config.path("problem_type").asText()).isEqualTo("single_label_classification");
        assertThat(config.path("id2label").path("1").asText()).isEqualTo("yes");
        assertThat(config.path("label2id").path("no").asInt()).isZero();
        Answer.write(new Places(folder, folder), "pvc://v/result", "aaaa", job.file("logits"));
        var logits = SafetensorsFile.open(job.file("logits")).floats("logits");
        assertThat(logits.getShape().getShape()).containsExactly(1, 2);
        assertThat(logits.toFloatArray()[1]).isGreaterThan(logits.toFloatArray()[0]);
    }

    @Test
    void aTextMayHaveSeveralLabelsOrNone() throws IOException {
        records("{\"text\": \"%s\", \"label\": %s}", "[\"a\", \"b\"]", "[]");
        var outcome = job.run(MANIFEST.replace("classification: {}", "classification: {multiLabel: true}"));

        assertThat(outcome.failure()).isEqualTo("(none)");
        assertThat(outcome.all(Event.Evaluated.class).get(0).metrics())
                .containsOnlyKeys("loss", "accuracy", "macroF1", "microF1");
        assertThat(config().path("problem_type").asText()).isEqualTo("multi_label_classification");
    }

    @Test
    void aNumberIsLearntByItsError() throws IOException {
        records("{\"text\": \"%s\", \"label\": %s}", "2.5", "-1");
        var outcome =
                job.run(MANIFEST.replace("classification: {}", "regression: {}").replace("steps: 12", "steps: 60"));

        assertThat(outcome.failure()).isEqualTo("(none)");
        var last = outcome.all(Event.Evaluated.class);
        assertThat(last.get(last.size() - 1).metrics()).containsKeys("loss", "mae", "pearson");
        assertThat(last.get(last.size() - 1).metrics().get("pearson")).isGreaterThan(0.9);
        assertThat(config().path("num_labels").asInt()).isEqualTo(1);
    }

    @Test
    void whatIsTrainedOnAClassifierKeepsItsLabels() throws IOException {
        job.run(MANIFEST.replaceAll("lora: .*", "full: {}}"));
        var next =
                MANIFEST.replace("pvc://v/model", "pvc://v/result").replace("to: pvc://v/result", "to: pvc://v/next");
        records("{\"text\": \"%s\", \"label\": \"%s\"}", "yes", "yes");

        assertThat(job.run(next).exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(new ObjectMapper()
                        .readTree(job.file("next/config.json").toFile())
                        .path("id2label")
                        .path("0")
                        .asText())
                .isEqualTo("no");

        assertThat(job.run(next.replace("pvc://v/next", "pvc://v/other")
                                .replace("classification: {}", "classification: {labels: [ja, nein]}"))
                        .failure())
                .contains("spec.objective.classification.labels", "tells no, yes, not ja, nein");
        assertThat(job.run(next.replace("pvc://v/next", "pvc://v/other")
                                .replace("classification: {}", "regression: {}"))
                        .failure())
                .contains("spec.model.from", "tells no, yes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "classification: {labels: [yes1, 'no']}@\"yes\"@line 1: the label 'yes' isn't among the labels, did you mean yes1? (yes1, no)",
                "classification: {}@[\"yes\"]@line 1: the label is a list",
                "classification: {multiLabel: true}@\"yes\"@line 1: the label is \"yes\" where a list was expected",
                "classification: {}@null@line 1: the label is null where a name or a number was expected",
                "classification: {}@\"no\"@spec.data.train: every record has the label 'no': two classes are needed",
                "classification: {multiLabel: true}@[]@spec.data.train: no record has a label",
                "classification: {classWeights: {yess: 2}}@\"yes\"@spec.objective.classification.classWeights: there is no label 'yess', did you mean yes? (no, yes)",
                "classification: {labels: ['yes', 'no', maybe]}@\"yes\"@spec.objective.classification.labels: no record of data.train has the label 'maybe' (they have no, yes)",
                "regression: {}@\"much\"@line 1: the label is \"much\" where a number was expected",
            })
    void saysWhatIsWrongWithALabel(String objective, String label, String message) throws IOException {
        var other = label.startsWith("[") ? label : "\"no\"";
        records("{\"text\": \"%s\", \"label\": %s}", label, label.equals("[]") ? "[]" : other);

        var outcome = job.run(MANIFEST.replace("classification: {}", objective));

        assertThat(outcome.failure()).contains(message);
        assertThat(outcome.exit()).isEqualTo(ExitCode.INVALID);
    }

    @Test
    void saysWhichColumnIsMissing() throws IOException {
        Files.writeString(job.file("train.jsonl"), "{\"text\": \"a\", \"topic\": \"b\"}\n");

        assertThat(job.run(MANIFEST).failure())
                .contains(
                        "pvc://v/train.jsonl line 1",
                        "objectives classification and regression learn from text and label");
    }

    /** Forty records, half of which are of the letter a and half of b. */
    private void records(String record, String ofA, String ofB) throws IOException {
        Files.writeString(
                job.file("train.jsonl"),
                IntStream.range(0, 40)
                        .mapToObj(i ->
                                record.formatted((i % 2 == 0 ? "a" : "b").repeat(3 + i % 5), i % 2 == 0 ? ofA : ofB))
                        .collect(Collectors.joining("\n")));
    }

    private JsonNode config() throws IOException {
        return new ObjectMapper().readTree(job.file("result/config.json").toFile());
    }
}
