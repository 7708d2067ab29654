package dev.attune.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.data.Sample.Question;
import dev.attune.trainer.data.Sample.Question.Answer;
import dev.attune.trainer.data.Window;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.text.jinja.Span;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkedAnswersTest {

    private static final List<Span> THREE_WORDS =
            Arrays.asList(null, new Span(0, 3), new Span(4, 9), new Span(10, 13), null);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "the Red House.|red house|1",
                "red house|house|0.6667",
                "red red house|red house|0.8",
                "red|blue|0",
                "\"\"|\"\"|1",
                "\"\"|red|0",
                "the|a|1",
                "Über uns|über UNS|1",
            })
    void f1CountsCommonWordsWithoutArticlesCaseAndPunctuation(String said, String right, double f1) {
        assertThat(MarkedAnswers.f1(said, right)).isCloseTo(f1, within(1e-4));
    }

    @Test
    void theLikeliestSpanOfAllWindowsIsTheAnswerAndTheBestOfTheRightOnesCounts() {
        var question = question("one three six", "three", "one three");
        var elsewhere = Arrays.asList(null, new Span(10, 13), null, null, null);

        var metrics = metrics(
                30,
                row(question, elsewhere, new float[] {0, 2, 0, 0, 0}, new float[] {0, 2, 0, 0, 0}),
                row(question, THREE_WORDS, new float[] {9, 5, 1, 0, 9}, new float[] {9, 0, 5, 1, 9}));

        assertThat(metrics).containsEntry("exactMatch", 1.0).containsEntry("f1", 1.0);
    }

    @Test
    void anAnswerHasNoMoreTokensThanAllowedAndNeverEndsBeforeItBegins() {
        var question = question("one three six", "three");
        var start = new float[] {0, 5, 4, 0, 0};
        var end = new float[] {0, 0, 4, 5, 0};

        assertThat(metrics(1, row(question, THREE_WORDS, start, end))).containsEntry("exactMatch", 1.0);
        assertThat(metrics(3, row(question, THREE_WORDS, start, end)))
                .containsEntry("exactMatch", 0.0)
                .containsEntry("f1", 0.5);
    }

    @Test
    void havingNoneIsConsideredWhereSomeQuestionHasNone() {
        var answered = question("one three six", "one");
        var unanswered = question("one three six");
        var none = new float[] {9, 1, 0, 0, 0};

        assertThat(metrics(30, row(answered, THREE_WORDS, none, none))).containsEntry("exactMatch", 1.0);
        assertThat(metrics(30, row(answered, THREE_WORDS, none, none), row(unanswered, THREE_WORDS, none, none)))
                .containsEntry("exactMatch", 0.5);
    }

    /** A window of five tokens and its scores. */
    private record Row(Window window, float[] start, float[] end) {}

    private static Row row(Question question, List<Span> places, float[] start, float[] end) {
        return new Row(new Window(question, places), start, end);
    }

    private static Question question(String context, String... answers) {
        return new Question(
                "line 1",
                context,
                "which?",
                Arrays.stream(answers)
                        .map(text -> new Answer(text, context.indexOf(text)))
                        .toList());
    }

    private static Map<String, Double> metrics(int mostTokens, Row... rows) {
        var examples = Arrays.stream(rows)
                .map(row -> new Example(new int[5], null, new int[] {0, 0}, null, row.window()))
                .toList();
        var scores = new float[rows.length * 10];
        for (var at = 0; at < scores.length; at++) {
            var row = rows[at / 10];
            scores[at] = (at % 2 == 0 ? row.start() : row.end())[at % 10 / 2];
        }
        var tally = new MarkedAnswers(mostTokens);
        try (var scope = Scope.withoutGradients()) {
            tally.add(
                    Batch.of(examples, 0),
                    new Loss(Torch.array(new float[] {1}).sum(), rows.length, Torch.array(scores)));
        }
        return tally.metrics();
    }
}
