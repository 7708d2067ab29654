package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Event;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says of what it can't use. */
class BadInputTest {

    @TempDir
    Path folder;

    private TinyJob job;

    @BeforeEach
    void layOut() {
        job = TinyJob.in(folder, "llama-tiny");
    }

    @Test
    void missingModelNamesFieldUriAndPath() {
        assertInvalid(
                TinyJob.MANIFEST.replace("pvc://v/model", "pvc://v/modell"),
                "spec.model.from: pvc://v/modell does not exist (looked for");
    }

    @Test
    void missingWeightsNameTheFolder() throws IOException {
        Files.delete(job.file("model/model.safetensors"));
        assertInvalid(TinyJob.MANIFEST, "has neither model.safetensors nor model.safetensors.index.json");
    }

    @Test
    void truncatedWeightsNameFileAndTensor() throws IOException {
        try (var file = new RandomAccessFile(job.file("model/model.safetensors").toFile(), "rw")) {
            file.setLength(file.length() - 100);
        }
        assertInvalid(TinyJob.MANIFEST, "model.safetensors: tensor ", "it is cut short, copy it again");
    }

    @Test
    void garbageInsteadOfWeightsIsToldFromTheHeader() throws IOException {
        Files.writeString(job.file("model/model.safetensors"), "<html>not found</html>");
        assertInvalid(TinyJob.MANIFEST, "model.safetensors: its header claims");
    }

    @Test
    void tensorOfTheWrongShapeNamesBothShapes() throws IOException {
        config(config -> config.put("intermediate_size", 7));
        assertInvalid(TinyJob.MANIFEST, "tensor model.layers.0.mlp.gate_proj.weight has shape (", "asks for (7,");
    }

    @Test
    void unknownArchitectureNamesThoseThatAreKnown() throws IOException {
        config(config -> config.put("model_type", "mamba"));
        assertInvalid(TinyJob.MANIFEST, "config.json: model_type: 'mamba' is not implemented; known: bert, ");
    }

    @Test
    void configurationThatIsNotImplementedIsRefusedByName() throws IOException {
        config(config -> config.withObject("rope_parameters").put("rope_type", "yarn"));
        assertInvalid(TinyJob.MANIFEST, "rope_type 'yarn' is not implemented");
    }

    @Test
    void missingEndOfTextTokenSaysWhatToAdd() throws IOException {
        for (var file : new String[] {"tokenizer_config.json", "generation_config.json", "special_tokens_map.json"}) {
            Files.deleteIfExists(job.file("model/" + file));
        }
        config(config -> config.remove("eos_token_id"));
        assertInvalid(TinyJob.MANIFEST, "eos");
    }

    @Test
    void lineThatIsNoJsonIsNamedByNumber() throws IOException {
        Files.writeString(job.file("train.jsonl"), "{\"prompt\": \"a\", \"completion\": \"b\"}\n{oops\n");
        assertInvalid(TinyJob.MANIFEST, "pvc://v/train.jsonl line 2");
    }

    @Test
    void recordWithoutTheNeededColumnSaysWhichThereAre() throws IOException {
        Files.writeString(job.file("train.jsonl"), "{\"prompt\": \"a\", \"answer\": \"b\"}\n");
        assertInvalid(TinyJob.MANIFEST, "pvc://v/train.jsonl line 1", "answer");
    }

    @Test
    void emptyDataIsRefused() throws IOException {
        Files.writeString(job.file("train.jsonl"), "\n");
        assertInvalid(TinyJob.MANIFEST, "pvc://v/train.jsonl");
    }

    @Test
    void dataThatLeavesNoTokenToLearnIsRefused() throws IOException {
        Files.writeString(
                job.file("train.jsonl"), "{\"prompt\": \"%s\", \"completion\": \"b\"}\n".formatted("x".repeat(80)));
        assertInvalid(
                TinyJob.MANIFEST.replace("steps: 12", "steps: 12, sequenceLength: 8"),
                "no token to learn",
                "sequenceLength");
    }

    @Test
    void resultInPlaceOfTheModelIsRefusedAndTheModelStays() throws IOException {
        var before = Files.readAllBytes(job.file("model/model.safetensors"));
        assertInvalid(
                TinyJob.MANIFEST.replace("pvc://v/result", "pvc://v/model"),
                "spec.output.to",
                "the model is read from");
        assertThat(job.file("model/model.safetensors")).hasBinaryContent(before);
    }

    @Test
    void emptyEvaluationSetIsRefused() throws IOException {
        Files.writeString(job.file("test.jsonl"), "");
        assertInvalid(
                TinyJob.MANIFEST.replace("evaluationFraction: 0.1", "evaluation: [{from: pvc://v/test.jsonl}]"),
                "pvc://v/test.jsonl");
    }

    @Test
    void targetsThatMatchNothingListWhatThereIs() {
        assertInvalid(
                TinyJob.MANIFEST.replace("rank: 4", "rank: 4, targets: [k_prj]"),
                "spec.method.lora.targets: no linear layer or embedding of the model is named k_prj, did you mean k_proj?"
                        + " There are embed_tokens, q_proj, k_proj");
    }

    @Test
    void lossThatIsNoNumberStopsBeforeTheUpdateAndNamesTheStep() throws IOException {
        try (var file = new RandomAccessFile(job.file("model/model.safetensors").toFile(), "rw")) {
            file.seek(file.length() - 4);
            file.writeInt(Integer.reverseBytes(Float.floatToIntBits(Float.NaN)));
        }
        assertInvalid(TinyJob.MANIFEST, "step 1: loss NaN", "there is no checkpoint yet", "spec.training.learningRate");
    }

    @Test
    void placeThatCannotBeWrittenMayBeTriedAgain() throws IOException {
        Files.writeString(job.file("result"), "a file where a folder is needed");
        var outcome = job.run(TinyJob.MANIFEST);
        assertThat(outcome.exit()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(outcome.failure()).contains("spec.checkpoints.to");
    }

    @Test
    void diskThatIsFullForTheResultKeepsTheCheckpointsAndTheNextRunEndsTheJob() throws IOException {
        var full = Path.of("/dev/full");
        assumeThat(full).exists();
        Files.createDirectories(job.file("result"));
        var weights = Files.createSymbolicLink(job.file("result/adapter_model.safetensors"), full);

        var outcome = job.run(TinyJob.MANIFEST);
        assertThat(outcome.exit()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(outcome.failure())
                .contains(
                        "spec.output.to: the result can't be written to pvc://v/result",
                        "No space left on device",
                        "enlarge the volume");

        Files.delete(weights);
        var again = job.run(TinyJob.MANIFEST);
        assertThat(again.exit()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(again.all(Event.Started.class).get(0).trainer().resumedFrom())
                .isEqualTo(12);
        assertThat(again.all(Event.Stepped.class)).isEmpty();
    }

    @Test
    void memoryThatJavaHasNotSaysWhatToLower() {
        var outcome = job.run(TinyJob.MANIFEST, events -> {
            throw new OutOfMemoryError("Cannot reserve 8 bytes of direct buffer memory");
        });
        assertThat(outcome.exit()).isEqualTo(ExitCode.OUT_OF_MEMORY);
        assertThat(outcome.all(Event.Failed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.failure().reason()).isEqualTo("OutOfMemory"));
        assertThat(outcome.failure())
                .contains("lower spec.training.microBatchSize", "Cannot reserve 8 bytes of direct buffer memory");
    }

    private void config(Consumer<ObjectNode> change) throws IOException {
        var json = new ObjectMapper();
        var file = job.file("model/config.json").toFile();
        var config = (ObjectNode) json.readTree(file);
        change.accept(config);
        json.writeValue(file, config);
    }

    private void assertInvalid(String manifest, String... words) {
        var outcome = job.run(manifest);
        assertThat(outcome.failure()).contains(words);
        assertThat(outcome.exit()).isEqualTo(ExitCode.INVALID);
        assertThat(outcome.all(Event.Stepped.class)).isEmpty();
    }
}
