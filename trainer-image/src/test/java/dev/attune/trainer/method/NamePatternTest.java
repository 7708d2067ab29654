package dev.attune.trainer.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.trainer.failure.TrainerFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamePatternTest {

    private static final List<String> NAMES = List.of(
            "model.embed_tokens.weight",
            "model.layers.1.mlp.up_proj.weight",
            "model.layers.11.mlp.up_proj.weight",
            "model.layers.11.input_layernorm.weight",
            "score.weight");

    private static List<String> matching(String pattern) {
        return new NamePattern(pattern).matching(NAMES, "spec.method.full.train[0]");
    }

    @Test
    void aStarStandsForAnyLettersAndAQuestionMarkForOne() {
        assertThat(matching("model.layers.11.*")).containsExactly(NAMES.get(2), NAMES.get(3));
        assertThat(matching("*.?.mlp.*")).containsExactly(NAMES.get(1));
        assertThat(matching("*norm.weight")).containsExactly(NAMES.get(3));
    }

    @Test
    void theWholeNameHasToMatchAndADotIsADot() {
        assertThat(matching("score.weight")).containsExactly("score.weight");
        assertThatThrownBy(() -> matching("score")).isInstanceOf(TrainerFailure.class);
        assertThatThrownBy(() -> matching("score?weigh?s")).isInstanceOf(TrainerFailure.class);
        assertThatThrownBy(() -> matching("modelXlayersX1*")).isInstanceOf(TrainerFailure.class);
    }

    @Test
    void whereNothingMatchesTheNearestNamesAreTold() {
        assertThatThrownBy(() -> matching("layers.*.mlp"))
                .hasMessage("spec.method.full.train[0]: no weight of the model is named layers.*.mlp; there are"
                        + " model.layers.*.mlp.up_proj.weight, model.layers.*.input_layernorm.weight,"
                        + " model.embed_tokens.weight, score.weight");
    }
}
