package dev.attune.trainer.model.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.ModelFolder;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.model.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitecturesTest {

    private static final Task CLASSES = new Task(Task.Kind.CLASSIFICATION, List.of("a", "b", "c"));

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
            bert-tiny       | model_type              | "bort"
            bert-tiny       | position_embedding_type | "relative_key"
            bert-tiny       | is_decoder              | true
            bert-tiny       | add_cross_attention     | true
            bert-tiny       | tie_word_embeddings     | false
            bert-tiny       | pruned_heads            | {"0": [1]}
            bert-tiny       | hidden_act              | "snake"
            bert-tiny       | num_attention_heads     | 5
            roberta-tiny    | position_embedding_type | "relative_key_query"
            roberta-tiny    | is_decoder              | true
            distilbert-tiny | activation              | "snake"
            distilbert-tiny | n_heads                 | 5
            distilbert-tiny | tie_word_embeddings     | false
            mistral-tiny    | layer_types             | ["full_attention", "sliding_attention"]
            mistral-tiny    | sliding_window          | "wide"
            mistral-tiny    | num_key_value_heads     | 3
            qwen2-tiny      | layer_types             | ["full_attention", "chunked_attention"]
            qwen2-tiny      | use_sliding_window      | false
            llama-tiny      | rope_parameters         | {"rope_type": "yarn", "factor": 2.0}
            llama-tiny      | pretraining_tp          | 2
            gpt2-tiny       | scale_attn_weights      | false
            gpt-neox-tiny   | rope_parameters         | {"rope_type": "yarn", "factor": 2.0}
            gpt-neox-tiny   | num_attention_heads     | 5
            """)
    void what_is_not_implemented_is_refused_by_name(String model, String field, String value) throws IOException {
        var config = config(model);
        config.json().set(field, new ObjectMapper().readTree(value));
        var named = field.equals("use_sliding_window") ? "layer_types" : field;
        assertThatThrownBy(() -> Architectures.of(config, Task.LANGUAGE_MODELING))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining(config.path())
                .hasMessageContaining(named);
    }

    @Test
    void layers_from_max_window_layers_on_have_the_window() {
        var config = config("qwen2-tiny");
        config.json().remove("layer_types");
        assertThat(((Llama) Architectures.of(config, Task.LANGUAGE_MODELING)).windows())
                .containsExactly(0, 8);
        config.json().put("use_sliding_window", false);
        assertThat(((Llama) Architectures.of(config, Task.LANGUAGE_MODELING)).windows())
                .containsExactly(0, 0);
    }

    @Test
    void a_null_window_is_none_and_one_left_out_is_mistrals_own() {
        var config = config("mistral-tiny");
        config.json().putNull("sliding_window");
        assertThat(((Llama) Architectures.of(config, Task.LANGUAGE_MODELING)).windows())
                .containsExactly(0, 0);
        config.json().remove("sliding_window");
        assertThat(((Llama) Architectures.of(config, Task.LANGUAGE_MODELING)).windows())
                .containsExactly(4096, 4096);
    }

    @Test
    void a_part_of_a_head_that_cannot_be_turned_is_refused_by_the_name_that_transformers_4_gave_it() {
        var config = config("gpt-neox-tiny");
        config.json().remove("rope_parameters");
        config.json().put("rotary_pct", 0.4);
        assertThatThrownBy(() -> Architectures.of(config, Task.LANGUAGE_MODELING))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining(
                        "rotary_pct: 0.4 of a head of 8 numbers is 3: an even number from 2 to 8 is needed");
    }

    @Test
    void names_of_the_oldest_files_are_known() {
        var bert = Architectures.of(config("bert-tiny"), Task.LANGUAGE_MODELING);
        assertThat(bert.canonical("embeddings.LayerNorm.gamma")).isEqualTo("bert.embeddings.LayerNorm.weight");
        assertThat(bert.canonical("bert.encoder.layer.0.output.LayerNorm.beta"))
                .isEqualTo("bert.encoder.layer.0.output.LayerNorm.bias");
        assertThat(bert.canonical("cls.predictions.bias")).isEqualTo("cls.predictions.bias");
    }

    @Test
    void only_what_another_head_may_leave_is_passed_over() {
        var bert = Architectures.of(config("bert-tiny"), Task.LANGUAGE_MODELING);
        assertThat(List.of("bert.pooler.dense.weight", "cls.seq_relationship.bias", "bert.embeddings.position_ids"))
                .allMatch(bert::ignores);
        assertThat(List.of("bert.encoder.layer.9.output.dense.weight", "bert.encoder.relative.weight", "extra.weight"))
                .noneMatch(bert::ignores);
    }

    @ParameterizedTest
    @CsvSource({
        "bert-tiny, bert.pooler, classifier",
        "distilbert-tiny, pre_classifier, classifier",
        "roberta-tiny, , classifier"
    })
    void first_layers_of_a_head_belong_to_the_task_where_the_model_lacks_them(String model, String first, String last) {
        var architecture = Architectures.of(config(model), CLASSES);
        var all = architecture.parameters().stream().map(Parameter::name).collect(Collectors.toSet());
        assertThat(architecture.holding(all).head().modules()).containsExactly(last);
        assertThat(architecture.holding(Set.of()).head().modules())
                .hasSize(first == null ? 1 : 2)
                .allMatch(module -> module.equals(last) || module.startsWith(first));
    }

    @ParameterizedTest
    @CsvSource({"bert-tiny", "roberta-tiny", "distilbert-tiny"})
    void a_head_that_marks_answers_gives_two_numbers(String model) {
        var task = new Task(Task.Kind.QUESTION_ANSWERING, List.of());
        var head = Architectures.of(config(model), task).head();
        assertThat(head.modelClass()).endsWith("ForQuestionAnswering");
        assertThat(head.parameters())
                .extracting(Parameter::name)
                .containsExactly("qa_outputs.weight", "qa_outputs.bias");
        assertThat(head.parameters().get(0).out()).isEqualTo(2);
    }

    private static Config config(String model) {
        var config =
                ModelFolder.config(Path.of("src/test/resources/fixtures/models").resolve(model));
        return new Config(config.path(), config.json().deepCopy());
    }
}
