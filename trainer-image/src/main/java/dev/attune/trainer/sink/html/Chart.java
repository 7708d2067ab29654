package dev.attune.trainer.sink.html;

import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.sink.Figures;
import dev.attune.trainer.sink.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * The course of training as places in a drawing: loss above, learning rate below, over the same steps.
 *
 * @param x steps
 * @param loss of training and evaluation
 * @param rate learning rate
 * @param losses path of the training loss
 * @param trend path of the same, smoothed
 * @param evaluations path through {@code points}
 * @param points evaluations that measured the loss
 * @param rates path of the learning rate
 * @param resumedAt where the newest attempt went on; empty when it began at the beginning
 */
record Chart(
        int width,
        int height,
        Axis x,
        Axis loss,
        Axis rate,
        String losses,
        String trend,
        String evaluations,
        List<Point> points,
        String rates,
        List<Double> resumedAt) {

    private static final int LEFT = 46;
    private static final int RIGHT = 14;
    private static final int TOP = 26;
    private static final int BETWEEN = 58;
    private static final int BOTTOM = 40;
    private static final double SHARE_OF_RATE = 0.22;
    private static final double PIXELS_BETWEEN_POINTS = 1.5;

    /** A measured place, with words for who points at it. */
    record Point(double x, double y, String title) {}

    private record Sample(double step, double value) {}

    /** Draws a run of which at least one loss is known, into so many pixels. */
    static Chart of(History history, int width, int height) {
        var evaluations = history.evaluations().stream()
                .filter(evaluated -> Double.isFinite(evaluated.metrics().getOrDefault("loss", Double.NaN)))
                .toList();
        var plot = height - TOP - BETWEEN - BOTTOM;
        var bottomOfLoss = TOP + plot * (1 - SHARE_OF_RATE);
        var total = Math.max(
                history.started().map(started -> started.totalSteps()).orElse(1),
                history.lastStep().map(Stepped::step).orElse(1));
        var x = Axis.upTo(total, width / 90, LEFT, width - RIGHT);

        var all = samples(history, Stepped::loss);
        var losses = sampled(all, width);
        var trend = sampled(smoothed(all), width);
        var known = DoubleStream.concat(
                        losses.stream().mapToDouble(Sample::value),
                        evaluations.stream().mapToDouble(Chart::loss))
                .summaryStatistics();
        var loss = Axis.around(known.getMin(), known.getMax(), height / 65, bottomOfLoss, TOP);

        var rates = sampled(samples(history, Stepped::learningRate), width);
        var highest = rates.stream().mapToDouble(Sample::value).max().orElse(1);
        var rate = Axis.around(0, highest > 0 ? highest : 1, 2, height - BOTTOM, bottomOfLoss + BETWEEN);

        var points = evaluations.stream()
                .map(evaluated -> new Point(
                        x.at(evaluated.step()),
                        loss.at(loss(evaluated)),
                        "step %s: evaluation loss %s"
                                .formatted(Figures.grouped(evaluated.step()), Figures.aligned(loss(evaluated)))))
                .toList();
        return new Chart(
                width,
                height,
                x,
                loss,
                rate,
                path(losses, x, loss),
                path(trend, x, loss),
                path(
                        evaluations.stream()
                                .map(evaluated -> new Sample(evaluated.step(), loss(evaluated)))
                                .toList(),
                        x,
                        loss),
                points,
                path(rates, x, rate),
                history.started()
                        .map(started -> started.trainer().resumedFrom())
                        .filter(step -> step > 0)
                        .map(step -> List.of(x.at(step)))
                        .orElse(List.of()));
    }

    /** Whether there is anything to draw. */
    static boolean drawable(History history) {
        return history.steps().stream().anyMatch(step -> Double.isFinite(step.loss()));
    }

    private static double loss(Evaluated evaluated) {
        return evaluated.metrics().get("loss");
    }

    /** The mean of a neighbourhood of a twentieth of the run, smaller at its ends. */
    private static List<Sample> smoothed(List<Sample> samples) {
        var sums = new double[samples.size() + 1];
        for (var i = 0; i < samples.size(); i++) {
            sums[i + 1] = sums[i] + samples.get(i).value();
        }
        var smoothed = new ArrayList<Sample>();
        var reach = samples.size() / 40;
        for (var i = 0; i < samples.size(); i++) {
            // Not beyond what is behind, or the steep beginning would be drawn too low.
            var first = Math.max(0, i - reach);
            var last = Math.min(samples.size() - 1, i + Math.min(reach, i));
            var mean = (sums[last + 1] - sums[first]) / (last + 1 - first);
            smoothed.add(new Sample(samples.get(i).step(), mean));
        }
        return smoothed;
    }

    private static List<Sample> samples(History history, ToDoubleFunction<Stepped> value) {
        return history.steps().stream()
                .map(step -> new Sample(step.step(), value.applyAsDouble(step)))
                .filter(sample -> Double.isFinite(sample.value()))
                .toList();
    }

    /** No more samples than can be told apart; each the mean of its neighbourhood. */
    private static List<Sample> sampled(List<Sample> samples, int width) {
        var most = (int) (width / PIXELS_BETWEEN_POINTS);
        if (samples.size() <= most) {
            return samples;
        }
        var means = new ArrayList<Sample>();
        for (var i = 0; i < most; i++) {
            var part = samples.subList(
                    (int) ((long) samples.size() * i / most), (int) ((long) samples.size() * (i + 1) / most));
            means.add(new Sample(
                    part.stream().mapToDouble(Sample::step).average().orElseThrow(),
                    part.stream().mapToDouble(Sample::value).average().orElseThrow()));
        }
        return means;
    }

    private static String path(List<Sample> samples, Axis x, Axis y) {
        var path = new StringBuilder();
        for (var sample : samples) {
            path.append(path.isEmpty() ? "M" : "L")
                    .append(String.format(Locale.ROOT, "%.1f %.1f", x.at(sample.step()), y.at(sample.value())));
        }
        return path.toString();
    }
}
