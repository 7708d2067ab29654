package dev.attune.trainer.objective;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.MaskableText;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Tokens told from all others, as BERT learns: 15 % of them, of which 80 % are masked, 10 % are others and 10 % stay.
 *
 * @param mask the token that masks
 * @param vocabulary tokens that may stand in place of another
 */
record MaskedLanguageModeling(int mask, int vocabulary) implements TokenObjective {

    private static final double CHOSEN = 0.15;
    private static final double MASKED = 0.8;
    private static final double REPLACED = 0.9;

    @Override
    public String name() {
        return "languageModeling";
    }

    @Override
    public Objective on(Architecture architecture, Tokenizer tokenizer) {
        if (architecture.kind() != Architecture.Kind.ENCODER) {
            throw TrainerFailure.invalidManifest(
                    "spec.objective.languageModeling.masked: the model reads from left to right, so it can't tell a token from those behind it: set masked to false, or take a model that reads all at once, as BERT");
        }
        var token = tokenizer
                .special()
                .mask()
                .orElseThrow(() -> TrainerFailure.invalidModel(
                        "%s gives no mask_token, which masked language modeling needs: add \"mask_token\": \"TOKEN\", with a token of tokenizer.json"
                                .formatted(tokenizer.folder().resolve("tokenizer_config.json"))));
        return new MaskedLanguageModeling(token, Math.min(tokenizer.size(), architecture.vocabulary()));
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        return MaskableText.examples(files, tokenizer, sequenceLength);
    }

    @Override
    public boolean draws() {
        return true;
    }

    /** A row that has tokens to tell tells at least one, so that every step has a loss. */
    @Override
    public Batch drawn(Batch batch, long seed) {
        var ids = batch.ids().clone();
        var labels = batch.labels().clone();
        for (var row = 0; row < batch.size(); row++) {
            var from = row * batch.length();
            var random = batch.random(row, seed);
            var chosen = chosen(batch, row, random);
            Arrays.fill(labels, from, from + batch.length(), Batch.IGNORED);
            for (var at : chosen) {
                labels[at] = batch.labels()[at];
                var fate = random.nextDouble();
                ids[at] = fate < MASKED ? mask : fate < REPLACED ? random.nextInt(vocabulary) : ids[at];
            }
        }
        return new Batch(
                batch.size(),
                batch.length(),
                ids,
                batch.segments(),
                batch.attentionMask(),
                labels,
                batch.targets(),
                batch.windows());
    }

    private static int[] chosen(Batch batch, int row, Random random) {
        var from = row * batch.length();
        var maskable = IntStream.range(from, from + batch.length())
                .filter(at -> batch.labels()[at] != Batch.IGNORED)
                .toArray();
        var chosen = IntStream.of(maskable)
                .filter(at -> random.nextDouble() < CHOSEN)
                .toArray();
        return chosen.length > 0 || maskable.length == 0
                ? chosen
                : new int[] {maskable[random.nextInt(maskable.length)]};
    }

    @Override
    public TokenScoring scoring() {
        return new MaskedTokens();
    }

    @Override
    public boolean writes() {
        return false;
    }
}
