package dev.attune.trainer.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.trainer.event.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole jobs that mark answers and tell masked tokens, and models that can't. */
class EncoderJobsTest {

    private static final String QUESTIONS = TinyJob.MANIFEST
            .replace("instruction: {}", "questionAnswering: {stride: 4}")
            .replace("steps: 12", "sequenceLength: 24, steps: 12");
    private static final String MASKED =
            TinyJob.MANIFEST.replace("instruction: {}", "languageModeling: {masked: true}");
    private static final String RECORD =
            "{\"context\": \"the sum of it all is known to be %d here\", \"question\": \"sum\", \"answers\": [{\"text\": \"%d\", \"start\": 33}]}";

    @TempDir
    Path folder;

    @Test
    void answersAreMarkedInWindowsOfLongContexts() throws IOException {
        var outcome = questions("bert-qa-tiny", RECORD).run(QUESTIONS);

        assertThat(outcome.failure()).isEqualTo("(none)");
        assertThat(outcome.all(Event.Evaluated.class).get(0).metrics()).containsOnlyKeys("loss", "exactMatch", "f1");
        var read = outcome.all(Event.DataRead.class).get(0);
        assertThat(read.examples() + read.evaluationExamples()).isGreaterThan(40);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "33@32@line 1: answers[0]: the context doesn't have \"0\" at 32, but at 33",
                "[{\"text\": \"%d\", \"start\": 33}]@\"x\"@line 1: answers is neither a list",
            })
    void saysWhatIsWrongWithAnAnswer(String right, String wrong, String message) throws IOException {
        assertThat(questions("bert-qa-tiny", RECORD.replace(right, wrong))
                        .run(QUESTIONS)
                        .failure())
                .contains(message);
    }

    @Test
    void aDecoderMarksNoAnswers() throws IOException {
        assertThat(questions("gpt2-tiny", RECORD).run(QUESTIONS).failure())
                .contains("a decoder doesn't see what follows");
    }

    @Test
    void maskedTokensAreTold() throws IOException {
        var outcome = text("bert-tiny").run(MASKED);

        assertThat(outcome.failure()).isEqualTo("(none)");
        assertThat(outcome.all(Event.Evaluated.class).get(0).metrics()).containsOnlyKeys("loss", "perplexity");
    }

    @Test
    void maskingNeedsAModelThatReadsAllAtOnceAndNothingElseDoes() throws IOException {
        assertThat(text("gpt2-tiny").run(MASKED).failure()).contains("set masked to false");
        assertThat(text("bert-tiny").run(MASKED.replace("{masked: true}", "{}")).failure())
                .contains("write languageModeling: {masked: true}");
    }

    private TinyJob questions(String model, String record) throws IOException {
        return records(
                model,
                IntStream.range(0, 40)
                        .mapToObj(i -> record.replace("%d", Integer.toString(i % 10)))
                        .collect(Collectors.joining("\n")));
    }

    private TinyJob text(String model) throws IOException {
        return records(model, lines());
    }

    private static String lines() {
        return IntStream.range(0, 40)
                .mapToObj("{\"text\": \"the number %d is one that comes once, and then again later on\"}"::formatted)
                .collect(Collectors.joining("\n"));
    }

    private TinyJob records(String model, String lines) throws IOException {
        var job = TinyJob.in(folder.resolve(model + lines.hashCode()), model);
        Files.writeString(job.file("train.jsonl"), lines);
        return job;
    }

    @Test
    void aBlankInitialTextIsRefused() throws IOException {
        var prompt = MASKED.replaceAll("method: .*", "method: {promptTuning: {length: 4, initialText: \" \"}}");
        assertThat(text("bert-tiny").run(prompt).failure()).contains("spec.method.promptTuning.initialText");
    }

    @ParameterizedTest
    @CsvSource({"bert-tiny, languageModeling: {masked: true}", "t5-tiny, languageModeling: {}"})
    void theSizeOfAMicroBatchDoesNotChangeWhatIsDrawn(String model, String objective) throws IOException {
        var manifest = TinyJob.MANIFEST
                .replace("instruction: {}", objective)
                .replace("dropout: 0.1", "dropout: 0")
                .replace("steps: 12", "sequenceLength: 48, steps: 1");
        var two = text(model).run(manifest);
        var four = records(model, lines() + "\n").run(manifest.replace("microBatchSize: 2", "microBatchSize: 4"));
        assertThat(two.failure()).isEqualTo("(none)");
        assertThat(loss(four)).isCloseTo(loss(two), within(1e-4));
    }

    private static double loss(TinyJob.Outcome run) {
        return run.all(Event.Stepped.class).get(0).loss();
    }
}
