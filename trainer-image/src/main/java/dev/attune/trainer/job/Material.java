package dev.attune.trainer.job;

import dev.attune.api.Data;
import dev.attune.api.DataSet;
import dev.attune.api.FineTuneJobSpec;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.Split;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a job learns from and is judged by.
 *
 * @param digests SHA-256 of each file that was read
 * @param notes what was left out or cut, a sentence each
 */
record Material(List<Example> train, List<Example> evaluation, List<String> digests, List<String> notes) {

    /** Reads all data of a manifest as tokens, at most {@code length} an example. */
    static Material read(FineTuneJobSpec spec, Places places, Tokenizer tokenizer, int length) {
        var data = spec.data();
        var trainFiles = files(places, "spec.data.train", data.train());
        var train = Examples.read(trainFiles, spec.objective(), tokenizer, length);
        var evaluationFiles = files(places, "spec.data.evaluation", data.evaluation());
        var split = split(data, train.all(), spec.training().seed());
        var notes = new ArrayList<>(train.notes());
        var evaluation = split.evaluation();
        if (!evaluationFiles.isEmpty()) {
            var held = Examples.read(evaluationFiles, spec.objective(), tokenizer, length);
            notes.addAll(held.notes());
            evaluation = held.all();
        }
        var digests = Stream.concat(trainFiles.stream(), evaluationFiles.stream())
                .map(DataFile::digest)
                .toList();
        return new Material(split.train(), evaluation, digests, notes);
    }

    private static Split split(Data data, List<Example> examples, long seed) {
        return data.evaluationFraction() == null
                ? new Split(examples, List.of())
                : Split.of(examples, data.evaluationFraction(), seed);
    }

    private static List<DataFile> files(Places places, String field, List<DataSet> sets) {
        var files = new ArrayList<DataFile>();
        for (var set : sets == null ? List.<DataSet>of() : sets) {
            files.add(DataFile.of(places, "%s[%d]".formatted(field, files.size()), set));
        }
        return files;
    }

    /** Refuses tokens that the model has no row for, as when the tokenizer is another model's. */
    void requireWithin(int vocabulary, Tokenizer tokenizer) {
        for (var example : train) {
            for (var id : example.ids()) {
                if (id >= vocabulary) {
                    throw TrainerFailure.invalidModel(
                            "%s: its tokenizer gives token %d, the model knows %d tokens: they don't belong together"
                                    .formatted(tokenizer.folder(), id, vocabulary));
                }
            }
        }
    }

    /** Tokens of one pass over what is learnt. */
    long tokens() {
        return train.stream().mapToLong(Example::length).sum();
    }
}
