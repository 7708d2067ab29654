package dev.attune.trainer.sink.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.attune.api.FineTuneJobSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeTest {

    @Test
    void aRecipeIsPutIntoWords() throws JsonProcessingException {
        var recipe = Recipe.of(spec("""
                model: {from: pvc://models/smollm2}
                data:
                  train:
                  - {from: pvc://datasets/train.jsonl}
                  - {from: configmap://faq/faq.jsonl, columns: {prompt: question}}
                  evaluationFraction: 0.05
                objective: {instruction: {}}
                method: {lora: {rank: 8, alpha: 16, dropout: 0.05, targets: [q_proj, v_proj]}}
                training: {steps: 600, learningRate: 2e-4}
                output: {to: pvc://models/out}
                trainer: {env: [{name: SECRET, value: hidden}]}
                backoffLimit: 2
                """));
        assertThat(recipe)
                .returns("pvc://models/smollm2", Recipe::model)
                .returns("LoRA", Recipe::method)
                .returns("rank 8, alpha 16, dropout 0.05, targets q_proj v_proj", Recipe::settings)
                .returns("instruction tuning", Recipe::objective)
                .returns("5% of the training data, held out", Recipe::evaluatedOn);
        assertThat(recipe.trainedOn()).containsExactly("pvc://datasets/train.jsonl", "configmap://faq/faq.jsonl");
        assertThat(recipe.yaml())
                .contains("method:\n  lora:\n    rank: 8\n", "    - q_proj\n", "training:\n  steps: 600\n")
                .doesNotContain("SECRET", "backoffLimit", "null");
    }

    @Test
    void whatIsNotSetStaysUnsaid() throws JsonProcessingException {
        var recipe = Recipe.of(spec("""
                model: {from: file:///models/gpt2}
                data: {train: [{from: file:///corpus.txt}], evaluation: [{from: file:///a.txt}, {from: file:///b.txt}]}
                objective: {languageModeling: {}}
                method: {full: {}}
                output: {to: file:///out}
                """));
        assertThat(recipe)
                .returns("full fine-tuning", Recipe::method)
                .returns("", Recipe::settings)
                .returns("language modeling", Recipe::objective)
                .returns("file:///a.txt, file:///b.txt", Recipe::evaluatedOn);
        assertThat(spec("""
                model: {from: file:///models/gpt2}
                data: {train: [{from: file:///corpus.txt}], evaluationFraction: 0.125}
                objective: {languageModeling: {}}
                method: {full: {}}
                output: {to: file:///out}
                """))
                .extracting(spec -> Recipe.of(spec).evaluatedOn())
                .isEqualTo("12.5% of the training data, held out");
    }

    @Test
    void settingsInsideSettingsAreToldAsWell() throws JsonProcessingException {
        assertThat(Recipe.of(spec("""
                model: {from: file:///models/bert}
                data: {train: [{from: file:///a.jsonl}]}
                objective: {questionAnswering: {}}
                method: {prefixTuning: {length: 20, projection: {hidden: 64}}}
                output: {to: file:///out}
                """)))
                .returns("prefix tuning", Recipe::method)
                .returns("length 20, projection hidden 64", Recipe::settings)
                .returns("question answering", Recipe::objective)
                .returns(false, Recipe::bottlenecks);
    }

    @ParameterizedTest
    @CsvSource({
        "lora, LoRA",
        "ia3, IA3",
        "vera, VeRA",
        "linearProbe, a linear probe",
        "head, a head",
        "promptTuning, prompt tuning",
        "adapter, bottleneck adapters"
    })
    void aMethodIsCalledWhatPeopleCallIt(String member, String title) throws JsonProcessingException {
        assertThat(Recipe.of(spec("""
                model: {from: file:///models/bert}
                data: {train: [{from: file:///a.jsonl}]}
                objective: {classification: {}}
                method: {MEMBER: {}}
                output: {to: file:///out}
                """.replace("MEMBER", member))).method()).isEqualTo(title);
    }

    static FineTuneJobSpec spec(String yaml) throws JsonProcessingException {
        return new ObjectMapper(new YAMLFactory()).readValue(yaml, FineTuneJobSpec.class);
    }
}
