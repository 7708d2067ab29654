package dev.attune.trainer.data;

import dev.attune.api.DataSet.Format;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.Framed;
import dev.attune.trainer.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Questions with the contexts that hold their answers, in as many windows as a context needs. */
public final class Questions {

    private Questions() {}

    /** An example a window; its labels are where the first answer begins and ends, or the first token where it has none. */
    public static Examples examples(List<DataFile> files, Tokenizer tokenizer, int sequenceLength, int stride) {
        var examples = new ArrayList<Example>();
        files.forEach(file -> file.forEach(Set.of(Format.QUESTION_ANSWERING), sample -> {
            if (!(sample instanceof Sample.Question question)) {
                throw TrainerFailure.invalidData(
                        "%s: is no question: objective questionAnswering learns from context, question and answers"
                                .formatted(sample.where()));
            }
            var windows =
                    tokenizer.frame(question.question(), question.context()).windows(sequenceLength, stride);
            if (windows.isEmpty()) {
                throw TrainerFailure.invalidData(
                        "%s: the question leaves no room for a window of the context, %d tokens of which are read again (spec.objective.questionAnswering.stride): raise spec.training.sequenceLength, which is %d, or lower the stride"
                                .formatted(question.where(), stride, sequenceLength));
            }
            windows.forEach(window -> examples.add(example(question, window)));
        }));
        return new Examples(examples, List.of());
    }

    private static Example example(Sample.Question question, Framed window) {
        var places = new ArrayList<>(window.places());
        IntStream.range(0, places.size())
                .filter(token -> window.texts()[token] != 1)
                .forEach(token -> places.set(token, null));
        var labels = question.answers().isEmpty()
                ? new int[] {0, 0}
                : tokens(window, question.answers().get(0));
        var plain = Arrays.stream(window.segments()).allMatch(segment -> segment == 0);
        return new Example(window.ids(), plain ? null : window.segments(), labels, null, new Window(question, places));
    }

    /** The first and the last token of an answer that a window has as a whole; else the first token twice. */
    private static int[] tokens(Framed window, Sample.Question.Answer answer) {
        var end = answer.start() + answer.text().length();
        var inside = IntStream.range(0, window.ids().length)
                .filter(token -> window.texts()[token] == 1)
                .toArray();
        if (inside.length == 0
                || window.places().get(inside[0]).start() > answer.start()
                || window.places().get(inside[inside.length - 1]).end() < end) {
            return new int[] {0, 0};
        }
        var of = Arrays.stream(inside)
                .filter(token -> window.places().get(token).end() > answer.start()
                        && window.places().get(token).start() < end)
                .toArray();
        return of.length == 0 ? new int[] {0, 0} : new int[] {of[0], of[of.length - 1]};
    }
}
