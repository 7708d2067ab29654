package dev.attune.trainer.data;

import dev.attune.api.DataSet.Format;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.Framed;
import dev.attune.trainer.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Texts, or pairs of them, an example each, with what their labels stand for. */
public final class LabelledTexts {

    private LabelledTexts() {}

    /**
     * What is to be said of a text.
     *
     * @param labels places of classes
     * @param numbers {@code null}: none
     */
    public record Answer(int[] labels, float[] numbers) {}

    /** An example a record, cut to {@code sequenceLength} tokens; a text without tokens is left out. */
    public static Examples examples(
            List<DataFile> files, Tokenizer tokenizer, int sequenceLength, Function<Sample.Labelled, Answer> answers) {
        var examples = new ArrayList<Example>();
        var notes = new ArrayList<String>();
        for (var file : files) {
            var cut = new int[1];
            var empty = new int[1];
            file.forEach(Set.of(Format.CLASSIFICATION), sample -> {
                var labelled = labelled(sample);
                var answer = answers.apply(labelled);
                var whole = tokenizer.frame(labelled.text(), labelled.textPair());
                if (whole.ids().length == 0) {
                    empty[0]++;
                    return;
                }
                cut[0] += whole.ids().length > sequenceLength ? 1 : 0;
                examples.add(example(whole.cut(sequenceLength), answer));
            });
            if (empty[0] > 0) {
                notes.add("%s: records left out because their text is empty: %d".formatted(file.uri(), empty[0]));
            }
            if (cut[0] > 0) {
                notes.add("%s: records cut to %d tokens: %d".formatted(file.uri(), sequenceLength, cut[0]));
            }
        }
        if (examples.isEmpty()) {
            throw TrainerFailure.invalidData("nothing to learn: " + String.join("; ", notes));
        }
        return new Examples(examples, notes);
    }

    private static Example example(Framed text, Answer answer) {
        var plain = Arrays.stream(text.segments()).allMatch(segment -> segment == 0);
        return new Example(text.ids(), plain ? null : text.segments(), answer.labels(), answer.numbers(), null);
    }

    static Sample.Labelled labelled(Sample sample) {
        if (sample instanceof Sample.Labelled labelled) {
            return labelled;
        }
        throw TrainerFailure.invalidData(
                "%s: is no text with a label: objectives classification and regression learn from text and label"
                        .formatted(sample.where()));
    }
}
