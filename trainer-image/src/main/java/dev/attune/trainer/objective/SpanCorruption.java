package dev.attune.trainer.objective;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.RunningText;
import dev.attune.trainer.data.Spans;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Language modeling of an encoder-decoder: spans that are left out of running text, others in every step. */
record SpanCorruption(Spans spans) implements TokenObjective {

    private static final String STAND_IN = "<extra_id_%d>";

    /** @throws TrainerFailure when the tokenizer has no tokens that stand for spans */
    static SpanCorruption of(Tokenizer tokenizer) {
        var standIns = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> tokenizer.id(STAND_IN.formatted(i)))
                .takeWhile(Optional::isPresent)
                .map(Optional::get)
                .toList();
        if (standIns.isEmpty()) {
            throw TrainerFailure.invalidModel(
                    "%s has no token %s: languageModeling leaves spans of a text out and needs tokens that stand for them; take a model that was trained so, as T5, or objective: {sequenceToSequence: {}}"
                            .formatted(tokenizer.folder().resolve("tokenizer.json"), STAND_IN.formatted(0)));
        }
        return new SpanCorruption(new Spans(standIns, tokenizer.eos("language modeling")));
    }

    @Override
    public String name() {
        return "languageModeling";
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        if (Spans.count(sequenceLength) > spans.standIns().size()) {
            throw TrainerFailure.invalidManifest(
                    "spec.training.sequenceLength: %d tokens have %d spans to leave out, and the model's tokenizer has tokens for %d: lower it to %d"
                            .formatted(
                                    sequenceLength,
                                    Spans.count(sequenceLength),
                                    spans.standIns().size(),
                                    longest()));
        }
        return RunningText.examples(files, tokenizer, sequenceLength);
    }

    private int longest() {
        return IntStream.iterate(2, length -> length + 1)
                        .dropWhile(length ->
                                Spans.count(length) <= spans.standIns().size())
                        .findFirst()
                        .orElseThrow()
                - 1;
    }

    @Override
    public boolean draws() {
        return true;
    }

    @Override
    public Batch drawn(Batch batch, long seed) {
        return spans.leaveOut(batch, seed);
    }

    @Override
    public TokenScoring scoring() {
        return new AnswerTokens();
    }

    @Override
    public boolean writes() {
        return true;
    }
}
