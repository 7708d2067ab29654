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
        var heldOut = (int) Math.ceil(examples.size() * fraction);
        if (heldOut >= examples.size()) {
            throw TrainerFailure.invalidData(
                    "spec.data.evaluationFraction: %s of %d examples leaves none to learn from: give more data, or a file in spec.data.evaluation"
                            .formatted(fraction, examples.size()));
        }
        var chosen = Arrays.copyOf(Order.permutation(examples.size(), seed, HOLDING_OUT), heldOut);
        Arrays.sort(chosen);
        var train = new ArrayList<Example>();
        var evaluation = new ArrayList<Example>();
        for (var i = 0; i < examples.size(); i++) {
            (Arrays.binarySearch(chosen, i) < 0 ? train : evaluation).add(examples.get(i));
        }
        return new Split(train, evaluation);
    }
}
