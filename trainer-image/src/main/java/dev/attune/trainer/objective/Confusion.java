package dev.attune.trainer.objective;

import dev.attune.trainer.data.Batch;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Loss, accuracy and F1 of classes: macro F1 is the mean over those that occur in the data or were told; micro F1, where a
 * text may have several, counts all of them together. A text is right when all that is told of it is.
 */
final class Confusion implements Tally {

    /** Which classes a model tells of a text by its scores. */
    interface Choice {
        boolean[] of(float[] scores);
    }

    private final Tally loss = Tally.ofLoss();
    private final int classes;
    private final Choice choice;
    private final long[] right;
    private final long[] told;
    private final long[] present;
    private long texts;
    private long textsRight;
    private boolean several;

    Confusion(int classes, Choice choice) {
        this.classes = classes;
        this.choice = choice;
        this.right = new long[classes];
        this.told = new long[classes];
        this.present = new long[classes];
    }

    static boolean[] likeliest(float[] scores) {
        var best = IntStream.range(0, scores.length)
                .reduce((a, b) -> scores[b] > scores[a] ? b : a)
                .orElseThrow();
        var chosen = new boolean[scores.length];
        chosen[best] = true;
        return chosen;
    }

    static boolean[] likelierThanNot(float[] scores) {
        var chosen = new boolean[scores.length];
        for (var place = 0; place < scores.length; place++) {
            chosen[place] = scores[place] > 0;
        }
        return chosen;
    }

    @Override
    public void add(Batch batch, Loss next) {
        loss.add(batch, next);
        several = batch.targets() != null;
        var scores = next.outputs().toFloatArray();
        for (var row = 0; row < batch.size(); row++) {
            var chosen = choice.of(Arrays.copyOfRange(scores, row * classes, (row + 1) * classes));
            var all = true;
            for (var place = 0; place < classes; place++) {
                var has = several ? batch.targets()[row * classes + place] == 1 : batch.labels()[row] == place;
                right[place] += has && chosen[place] ? 1 : 0;
                told[place] += chosen[place] ? 1 : 0;
                present[place] += has ? 1 : 0;
                all &= has == chosen[place];
            }
            texts++;
            textsRight += all ? 1 : 0;
        }
    }

    @Override
    public Map<String, Double> metrics() {
        var metrics = loss.metrics();
        metrics.put("accuracy", (double) textsRight / texts);
        metrics.put(
                "macroF1",
                IntStream.range(0, classes)
                        .filter(place -> told[place] + present[place] > 0)
                        .mapToDouble(place -> f1(right[place], told[place] + present[place]))
                        .average()
                        .orElse(0));
        if (several) {
            metrics.put(
                    "microF1",
                    f1(
                            Arrays.stream(right).sum(),
                            Arrays.stream(told).sum() + Arrays.stream(present).sum()));
        }
        return metrics;
    }

    private static double f1(long right, long toldAndTrue) {
        return toldAndTrue == 0 ? 0 : 2.0 * right / toldAndTrue;
    }
}
