package dev.attune.trainer.job;

import dev.attune.api.Data;
import dev.attune.api.DataSet;
import dev.attune.api.FineTuneJobSpec;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.Split;
import dev.attune.trainer.digest.Digests;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.place.Places;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a job learns from and is judged by.
 *
 * @param digests SHA-256 of each file that was read
 * @param notes what was left out or cut, a sentence each
 */
record Material(List<Example> train, List<Example> evaluation, List<String> digests, List<String> notes) {

    /**
     * Makes examples of all files.
     *
     * @param objective makes examples of some
     */
    static Material read(FineTuneJobSpec spec, Files files, Function<List<DataFile>, Examples> objective) {
        var data = spec.data();
        var train = objective.apply(files.train());
        var split = split(data, train.all(), spec.training().seed());
        var notes = new ArrayList<>(train.notes());
        var evaluation = split.evaluation();
        if (!files.evaluation().isEmpty()) {
            var held = objective.apply(files.evaluation());
            notes.addAll(held.notes());
            evaluation = held.all();
        }
        var digests = Stream.concat(files.train().stream(), files.evaluation().stream())
                .map(Material::digest)
                .toList();
        return new Material(split.train(), evaluation, digests, notes);
    }

    private static String digest(DataFile file) {
        try {
            return Digests.of(file.path());
        } catch (IOException e) {
            throw TrainerFailure.unavailable("%s can't be read: %s".formatted(file.uri(), e.getMessage()), e);
        }
    }

    private static Split split(Data data, List<Example> examples, long seed) {
        return data.evaluationFraction() == null
                ? new Split(examples, List.of())
                : Split.of(examples, data.evaluationFraction(), seed);
    }

    /** The data files that a manifest names. */
    record Files(List<DataFile> train, List<DataFile> evaluation) {

        static Files of(Data data, Places places) {
            return new Files(
                    files(places, "spec.data.train", data.train()),
                    files(places, "spec.data.evaluation", data.evaluation()));
        }
    }

    private static List<DataFile> files(Places places, String field, List<DataSet> sets) {
        var files = new ArrayList<DataFile>();
        for (var set : sets == null ? List.<DataSet>of() : sets) {
            files.add(DataFile.of(places, "%s[%d]".formatted(field, files.size()), set));
        }
        return files;
    }

    /**
     * Refuses tokens that the model has no row for, as when the tokenizer is another model's.
     *
     * @param task tells whether labels are tokens
     */
    void requireWithin(int vocabulary, Path tokenizer, Task task) {
        both().flatMapToInt(example -> task.kind() == Task.Kind.LANGUAGE_MODELING
                        ? IntStream.concat(IntStream.of(example.ids()), IntStream.of(example.labels()))
                        : IntStream.of(example.ids()))
                .filter(id -> id >= vocabulary)
                .findFirst()
                .ifPresent(id -> {
                    throw TrainerFailure.invalidModel(
                            "%s: its tokenizer gives token %d, the model knows %d tokens: they don't belong together"
                                    .formatted(tokenizer, id, vocabulary));
                });
    }

    /** All examples. */
    Stream<Example> both() {
        return Stream.concat(train.stream(), evaluation.stream());
    }

    /** Their tokens. */
    long allTokens() {
        return both().mapToLong(Example::length).sum();
    }

    /** Tokens of one pass over what is learnt. */
    long tokens() {
        return train.stream().mapToLong(Example::length).sum();
    }
}
