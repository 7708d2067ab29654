package dev.attune.trainer.sink.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.attune.api.Output.Form;
import dev.attune.trainer.sink.Change;
import dev.attune.trainer.sink.Runs;
import dev.attune.trainer.sink.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {

    private static final Recipe RECIPE = new Recipe(
            "pvc://models/smollm2",
            "LoRA",
            "rank 8, alpha 16",
            "instruction tuning",
            List.of("pvc://datasets/support/train.jsonl"),
            "5% of the training data, held out",
            "method:\n  lora:\n    rank: 8");

    @Test
    void theCardOfAnAdapterTellsAllThereIs(@TempDir Path folder) throws IOException {
        var file = folder.resolve("README.md");
        try (var sink = new ModelCardSink(file, RECIPE)) {
            Runs.succeeded().forEach(sink::accept);
        }
        try (var expected = ModelCardTest.class.getResourceAsStream("README.md")) {
            assertThat(file).hasBinaryContent(expected.readAllBytes());
        }
    }

    @Test
    void aFailedRunHasNoCard(@TempDir Path folder) {
        try (var sink = new ModelCardSink(folder.resolve("README.md"), RECIPE)) {
            Runs.failed("NaN").forEach(sink::accept);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aMergedModelIsLoadedByTransformersAlone() {
        assertThat(card(RECIPE, Form.MERGED, List.of()).text())
                .contains(
                        "library_name: transformers", "model = AutoModelForCausalLM.from_pretrained(\"path/to/tone\")")
                .doesNotContain("peft", "PeftModel", "path/to/smollm2");
    }

    @Test
    void aModelOfTheHubIsNamedInTheHead() throws IOException {
        var recipe = new Recipe(
                "hf://HuggingFaceTB/SmolLM2-135M@12fd25f", "LoRA", "", "instruction tuning", List.of(), "", "");
        var text = card(recipe, Form.ADAPTER, List.of()).text();
        var head = new ObjectMapper(new YAMLFactory()).readTree(text.split("---\n")[1]);
        assertThat(head.get("base_model").asText()).isEqualTo("HuggingFaceTB/SmolLM2-135M");
        assertThat(head.get("base_model_relation").asText()).isEqualTo("adapter");
        assertThat(head.get("tags"))
                .extracting(tag -> tag.asText())
                .containsExactly("attune", "lora", "instruction-tuning");
        assertThat(text).contains("from_pretrained(\"HuggingFaceTB/SmolLM2-135M\")");
    }

    @Test
    void textOfTheModelCanNotBreakOutOfItsBlock() {
        var text = card(RECIPE, Form.ADAPTER, List.of(new Sample("Say \"hi\"\n", "```\n# Big", null)))
                .text();
        assertThat(text)
                .contains("\n    ```\n    # Big\n", "tokenizer(\"Say \\\"hi\\\"\\n\", return_tensors")
                .doesNotContain("\n# Big", "after:");
    }

    private static ModelCard card(Recipe recipe, Form form, List<Sample> samples) {
        var trainer = Runs.started(0, List.of()).trainer();
        return new ModelCard(
                "tone", form, recipe, trainer, 600, 3, 1_200_000, List.of(new Change("loss", 2.0, 1.0)), samples);
    }
}
