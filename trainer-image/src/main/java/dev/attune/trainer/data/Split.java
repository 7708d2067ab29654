package dev.attune.trainer.data;

import dev.attune.trainer.failure.TrainerFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Examples to learn from and examples to judge by, both in their old order. */
public record Split(List<Example> train, List<Example> evaluation) {

    /** Keeps the choice apart from the data order of every epoch. */
    private static final int HOLDING_OUT = -1;

    /**
     * Holds out a share of examples, at least one, chosen by the seed alone.
     *
     * @param fraction above 0 and below 1; the share is rounded up
     * @throws TrainerFailure when nothing would be left to learn from
     */
    public static Split of(List<Example> examples, double fraction, long seed) {
        var records = records(examples);
        var heldOut = (int) Math.ceil(records.size() * fraction);
        if (heldOut >= records.size()) {
            throw TrainerFailure.invalidData(
                    "spec.data.evaluationFraction: %s of %d examples leaves none to learn from: give more data, or a file in spec.data.evaluation"
                            .formatted(fraction, records.size()));
        }
        var chosen = Arrays.copyOf(Order.permutation(records.size(), seed, HOLDING_OUT), heldOut);
        Arrays.sort(chosen);
        var train = new ArrayList<Example>();
        var evaluation = new ArrayList<Example>();
        for (var i = 0; i < records.size(); i++) {
            (Arrays.binarySearch(chosen, i) < 0 ? train : evaluation).addAll(records.get(i));
        }
        return new Split(train, evaluation);
    }

    /** What can't be parted: the windows of one question, which follow one another, are one record. */
    private static List<List<Example>> records(List<Example> examples) {
        var records = new ArrayList<List<Example>>();
        Example before = null;
        for (var example : examples) {
            if (before == null
                    || example.window() == null
                    || before.window() == null
                    || example.window().question() != before.window().question()) {
                records.add(new ArrayList<>());
            }
            records.get(records.size() - 1).add(example);
            before = example;
        }
        return records;
    }
}
