package dev.attune.trainer.objective;

import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.model.Task;
import java.util.List;
import java.util.function.UnaryOperator;

/** The registry: from a manifest's {@code objective} to what is learnt. */
public final class Objectives {

    private Objectives() {}

    /**
     * The objective that a manifest sets.
     *
     * @param train what it is to be learnt from, which may tell the classes
     * @param known what the model was made for, which may tell them too
     */
    public static Objective of(dev.attune.api.Objective spec, List<DataFile> train, Task known) {
        if (spec.classification() != null) {
            return Classes.of(spec.classification(), train, known);
        }
        if (spec.regression() != null) {
            return Regression.of(known);
        }
        if (spec.questionAnswering() != null) {
            return new QuestionAnswering(
                    spec.questionAnswering().stride(), spec.questionAnswering().maxAnswerTokens());
        }
        if (spec.instruction() != null) {
            return new Instruction(spec.instruction().lossOn(), UnaryOperator.identity());
        }
        if (spec.sequenceToSequence() != null) {
            return SequenceToSequence.of(spec.sequenceToSequence());
        }
        return Boolean.TRUE.equals(spec.languageModeling().masked())
                ? new MaskedLanguageModeling(0, 0)
                : new LanguageModeling();
    }
}
