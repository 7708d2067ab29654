package dev.attune.trainer.sink.html;

import dev.attune.trainer.sink.Figures;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.LongStream;

/**
 * From values to places on a line, with ticks at round values.
 *
 * @param low value at {@code from}
 * @param high value at {@code to}
 * @param from place in pixels
 * @param to place in pixels; less than {@code from} where values rise upwards
 * @param ticks in rising order, within low and high
 */
record Axis(double low, double high, double from, double to, List<Tick> ticks) {

    /** A labelled place on an axis. */
    record Tick(String label, double at) {}

    /** An axis that begins and ends at round values around all that is to be shown, with about {@code wanted} ticks. */
    static Axis around(double min, double max, int wanted, double from, double to) {
        var spread = max > min ? max - min : Math.max(Math.abs(max), 1e-9);
        var step = roundStep(spread / wanted);
        var low = Math.floor(min / step + 1e-9);
        var high = Math.max(Math.ceil(max / step - 1e-9), low + 1);
        return new Axis(low * step, high * step, from, to, List.of()).withTicks(step);
    }

    /** An axis of whole numbers from 0 to exactly {@code max}, with about {@code wanted} ticks. */
    static Axis upTo(int max, int wanted, double from, double to) {
        var step = Math.max(1, roundStep((double) max / wanted));
        return new Axis(0, Math.max(1, max), from, to, List.of()).withTicks(step);
    }

    double at(double value) {
        return from + (value - low) / (high - low) * (to - from);
    }

    private Axis withTicks(double step) {
        var first = (long) Math.ceil(low / step - 1e-9);
        var last = (long) Math.floor(high / step + 1e-9);
        return new Axis(
                low,
                high,
                from,
                to,
                LongStream.rangeClosed(first, last)
                        .mapToObj(i -> new Tick(label(i * step, step), at(i * step)))
                        .toList());
    }

    private static String label(double value, double step) {
        if (step >= 1) {
            return Figures.grouped(Math.round(value));
        }
        return step < 1e-3
                ? Figures.decimal(value)
                : BigDecimal.valueOf(value)
                        .setScale((int) -Math.floor(Math.log10(step) + 1e-9), RoundingMode.HALF_EVEN)
                        .toPlainString();
    }

    /** The smallest of 1, 2, 5 times a power of ten that is not below. */
    private static double roundStep(double atLeast) {
        var power = Math.pow(10, Math.floor(Math.log10(atLeast)));
        for (var factor : new int[] {1, 2, 5}) {
            if (factor * power >= atLeast * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }
}
