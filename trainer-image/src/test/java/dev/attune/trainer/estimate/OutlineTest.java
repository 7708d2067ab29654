package dev.attune.trainer.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.Method.Full;
import dev.attune.api.Method.Head;
import dev.attune.api.Method.Lora;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.model.arch.Architectures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SmolLM2-135M by its configuration alone: 30 layers, 576 wide, 9 heads of 64 on 3 of keys, 1,536 inside. */
class OutlineTest {

    private static final String SMOLLM2 = """
            {"model_type": "llama", "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
             "num_attention_heads": 9, "num_key_value_heads": 3, "head_dim": 64, "vocab_size": 49152,
             "max_position_embeddings": 8192, "tie_word_embeddings": true}""";

    private static final Outline.Training TRAINING = new Outline.Training(4, 4, 256, false, false, Moments.ADAMW);

    private static Workload work(Method method) {
        return work(method, 0);
    }

    private static Workload work(Method method, int compared) {
        return work(method, compared, Outline.Texts.UNREAD);
    }

    private static Workload work(Method method, int compared, Outline.Texts texts) {
        var architecture = Architectures.of(config(), Task.LANGUAGE_MODELING);
        return new Outline("llama", architecture, Task.LANGUAGE_MODELING, true, compared, texts, 3_000_000)
                .workload(method, TRAINING);
    }

    private static Config config() {
        try {
            return new Config("config.json", new ObjectMapper().readValue(SMOLLM2, ObjectNode.class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Method lora(Lora.Quantization quantization) {
        return lora(quantization, "q_proj", "v_proj");
    }

    private static Method lora(Lora.Quantization quantization, String... targets) {
        var lora = new Lora(8, null, 0.0, List.of(targets), null, null, null, null, quantization);
        return Methods.of(new dev.attune.api.Method(null, lora, null, null, null, null, null, null, null), Path::of);
    }

    private static Method full() {
        return Methods.of(
                new dev.attune.api.Method(new Full(null), null, null, null, null, null, null, null, null), Path::of);
    }

    @Test
    void whatIsMergedLiesBesideWhatWasTrainedAndWhatBecameCodesIsRestored() {
        var adapted = 30 * (576 + 192) * 576;
        var compared = 4 * 64 * 49_152;
        var coded = work(lora(Lora.Quantization.NF4), 64);

        assertThat(work(lora(null)).beside().again()).isZero();
        assertThat(work(lora(null), 64).beside().again()).isEqualTo(adapted + compared);
        assertThat(coded.beside().again())
                .isEqualTo(adapted + compared + coded.weights().codes());
        assertThat(work(full(), 64).beside().again()).isEqualTo(134_515_008);
    }

    @Test
    void parametersAndTrainablesAreThoseThatARunReports() {
        assertThat(work(lora(null)).weights().parameters()).isEqualTo(134_515_008);
        assertThat(work(lora(null)).trained().numbers()).isEqualTo(460_800);
        assertThat(work(full()).trained().numbers()).isEqualTo(134_515_008);
    }

    @Test
    void aLayerMakesAnArrayForEachLinearLayerNormActivationProductAndSum() {
        var layer = work(full()).layers().get(0);

        assertThat(layer.before().exact()).isEqualTo(2 * 576);
        assertThat(layer.before().multiplied()).isEqualTo(2 * 576 + 2 * 192 + 7 * 576);
        assertThat(layer.behind().exact()).isEqualTo(2 * 576);
        assertThat(layer.behind().multiplied()).isEqualTo(4 * 1536 + 576);
    }

    @Test
    void loraMakesAnUpdateOfWhatItsTargetsGiveAndKeepsWhatTheyRead() {
        var frozen = work(full()).layers().get(0);
        var layer = work(lora(null)).layers().get(0);

        assertThat(layer.before().multiplied() - frozen.before().multiplied()).isEqualTo(576 + 192 + 2 * 8);
        assertThat(layer.learnt().exact()).isZero();
        assertThat(layer.learnt().multiplied()).isEqualTo(576 + 2 * 8);
        assertThat(layer.trained()).isZero();
    }

    @Test
    void aTrainedLayerKeepsWhatItsWeightsRead() {
        var layer = work(full()).layers().get(0);

        assertThat(layer.learnt().exact()).isEqualTo(2 * 576);
        assertThat(layer.learnt().multiplied()).isEqualTo(576 + 576 + 1536);
        assertThat(layer.trained()).isEqualTo(layer.matrices());
    }

    @Test
    void aModelThatWritesIsReadAgainWhereTrainingChangesIt() {
        assertThat(work(full()).beside().again()).isEqualTo(134_515_008);
        assertThat(work(lora(null)).beside().again()).isZero();
    }

    @Test
    void whatLayersGiveBelowAllThatIsTrainedIsRememberedForEveryToken() {
        var texts = new Outline.Texts(10, 5_000);

        assertThat(work(lora(null, "layers.29.self_attn.q_proj"), 0, texts)
                        .beside()
                        .remembered())
                .isEqualTo(5_000 * 576);
        assertThat(work(lora(null), 0, texts).beside().remembered()).isZero();
        assertThat(work(full(), 0, texts).beside().remembered()).isZero();
    }

    @Test
    void belowAHeadThatIsTrainedAloneItIsOneStateATextAndNothingIsComputedAgain() {
        var task = new Task(Task.Kind.CLASSIFICATION, List.of("no", "yes"));
        var head = new dev.attune.api.Method(null, null, null, null, null, new Head(0), null, null, null);
        var texts = new Outline.Texts(10, 5_000);
        var work = new Outline("llama", Architectures.of(config(), task), task, false, 0, texts, 3_000_000)
                .workload(Methods.of(head, Path::of), TRAINING.recomputing());

        assertThat(work.beside().remembered()).isEqualTo(10 * 576);
        assertThat(work.recomputed()).isFalse();
    }

    @Test
    void codesAreThoseOfLinearLayersAndMakeTheirLayersComputedAgain() {
        var work = work(lora(Lora.Quantization.NF4));

        assertThat(work.weights().codes()).isEqualTo(30L * (2 * 576 * 576 + 2 * 576 * 192 + 3 * 576 * 1536));
        assertThat(work.weights().codeBits()).isEqualTo(4);
        assertThat(work.recomputed()).isTrue();
    }
}
