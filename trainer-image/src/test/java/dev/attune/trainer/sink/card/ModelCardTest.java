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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCardTest {

    private static final Recipe RECIPE = new Recipe(
            "pvc://models/smollm2",
            "LoRA",
            "rank 8, alpha 16",
            "instruction tuning",
            List.of("pvc://datasets/support/train.jsonl"),
            "5% of the training data, held out",
            false,
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
                "hf://HuggingFaceTB/SmolLM2-135M@12fd25f", "LoRA", "", "instruction tuning", List.of(), "", false, "");
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

    @Test
    void aClassifiersAdapterIsLoadedWithItsOwnHead() {
        assertThat(card(RECIPE, Form.ADAPTER, "BertForSequenceClassification").text())
                .contains(
                        "library_name: peft",
                        "pipeline_tag: text-classification",
                        "from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer",
                        "from_pretrained(\"path/to/smollm2\", config=AutoConfig.from_pretrained(\"path/to/tone\"))",
                        "model = PeftModel.from_pretrained(base, \"path/to/tone\")",
                        "inputs = tokenizer(\"TEXT\", return_tensors=\"pt\")\nprint(dict(zip(")
                .doesNotContain("generate");
    }

    @ParameterizedTest
    @CsvSource({
        "BertForMaskedLM, AutoModelForMaskedLM, fill-mask, tokenizer.mask_token_id",
        "BertForQuestionAnswering, AutoModelForQuestionAnswering, question-answering, start_logits",
        "T5ForConditionalGeneration, AutoModelForSeq2SeqLM, text-generation, model.generate",
        "GPT2LMHeadModel, AutoModelForCausalLM, text-generation, model.generate"
    })
    void aModelIsLoadedByTheClassOfItsTask(String modelClass, String autoClass, String pipeline, String use) {
        assertThat(card(RECIPE, Form.MERGED, modelClass).text())
                .contains(
                        "pipeline_tag: " + pipeline,
                        "import " + autoClass + ", AutoTokenizer",
                        "model = " + autoClass + ".from_pretrained(\"path/to/tone\")",
                        use)
                .doesNotContain("AutoConfig", "peft");
    }

    @Test
    void bottlenecksAreLoadedByTheAdaptersLibrary() {
        var recipe =
                new Recipe("pvc://models/bert", "bottleneck adapters", "", "classification", List.of(), "", true, "");
        assertThat(card(recipe, Form.ADAPTER, "BertForSequenceClassification").text())
                .contains(
                        "library_name: adapter-transformers",
                        "import adapters\nfrom transformers",
                        "adapters.init(model)\nmodel.load_adapter(\"path/to/tone\", set_active=True")
                .doesNotContain("peft", "Peft");
    }

    private static ModelCard card(Recipe recipe, Form form, List<Sample> samples) {
        return card(recipe, form, "LlamaForCausalLM", samples);
    }

    private static ModelCard card(Recipe recipe, Form form, String modelClass) {
        return card(recipe, form, modelClass, List.of());
    }

    private static ModelCard card(Recipe recipe, Form form, String modelClass, List<Sample> samples) {
        var trainer = Runs.started(0, List.of()).trainer();
        return new ModelCard(
                "tone",
                form,
                recipe,
                trainer,
                modelClass,
                600,
                3,
                1_200_000,
                List.of(new Change("loss", 2.0, 1.0)),
                samples);
    }
}
