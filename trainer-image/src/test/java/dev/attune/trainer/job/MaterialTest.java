package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.protocol.ExitCode;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Task;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaterialTest {

    private static final List<Example> GOOD = List.of(Example.of(new int[] {1, 9}, new int[] {9, -100}));
    private static final List<Example> BAD_ID = List.of(Example.of(new int[] {1, 10}, new int[] {1}));
    private static final List<Example> BAD_LABEL = List.of(Example.of(new int[] {1}, new int[] {10}));

    private static void check(List<Example> train, List<Example> evaluation, Task task) {
        new Material(train, evaluation, List.of(), List.of()).requireWithin(10, Path.of("model"), task);
    }

    @Test
    void tokensBeyondTheVocabularyAreRefusedWhereverTheyAre() {
        for (var bad : List.of(BAD_ID, BAD_LABEL)) {
            assertRefused(bad, GOOD);
            assertRefused(GOOD, bad);
        }
        assertThatCode(() -> check(GOOD, GOOD, Task.LANGUAGE_MODELING)).doesNotThrowAnyException();
    }

    @Test
    void labelsThatAreNoTokensMayBeAnyNumber() {
        assertThatCode(() -> check(BAD_LABEL, BAD_LABEL, new Task(Task.Kind.QUESTION_ANSWERING, List.of())))
                .doesNotThrowAnyException();
    }

    private static void assertRefused(List<Example> train, List<Example> evaluation) {
        assertThatThrownBy(() -> check(train, evaluation, Task.LANGUAGE_MODELING))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage(
                        "model: its tokenizer gives token 10, the model knows 10 tokens: they don't belong together");
    }

    @Test
    void aModelFolderThatCannotBeReadIsNamedAndMayBeTriedAgain() {
        var spec = TinyJob.job(TinyJob.MANIFEST).getSpec();
        assertThatThrownBy(() -> Recipe.digest(spec, List.of(Path.of("no", "such")), List.of()))
                .isInstanceOfSatisfying(
                        TrainerFailure.class,
                        failure -> assertThat(failure.exit()).isEqualTo(ExitCode.UNAVAILABLE))
                .hasMessageContaining(Path.of("no", "such").toString());
    }
}
