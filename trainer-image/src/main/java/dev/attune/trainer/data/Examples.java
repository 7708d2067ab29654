package dev.attune.trainer.data;

import dev.attune.api.Objective;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;

/**
 * What data files became.
 *
 * @param all in the order of the files
 * @param notes what was left out or cut, one sentence each
 */
public record Examples(List<Example> all, List<String> notes) {

    /**
     * Makes examples of the records of files.
     *
     * @param sequenceLength tokens of an example at most
     * @throws dev.attune.trainer.failure.TrainerFailure when a record can't be learnt from by this objective, or none
     *     leaves a token to learn
     */
    public static Examples read(List<DataFile> files, Objective objective, Tokenizer tokenizer, int sequenceLength) {
        return objective.languageModeling() != null
                ? RunningText.examples(files, tokenizer, sequenceLength)
                : Answers.examples(files, objective.instruction(), tokenizer, sequenceLength);
    }
}
