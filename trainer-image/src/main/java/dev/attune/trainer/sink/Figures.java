package dev.attune.trainer.sink;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
public final class Figures {

    private static final int DIGITS = 4;

    private Figures() {}

    /** Four significant digits at most, the whole part kept whole: {@code 1.84}, {@code 12346}, {@code 2e-4}, {@code NaN}. */
    public static String decimal(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        if (wantsExponent(value)) {
            return exponential("0.###E0", value);
        }
        var plain = rounded(value, DIGITS).stripTrailingZeros();
        return (plain.signum() == 0 ? BigDecimal.ZERO : plain).toPlainString();
    }

    /** As {@link #decimal}, with the zeros at the end kept, so that a column of them lines up: {@code 1.840}. */
    public static String aligned(double value) {
        return !Double.isFinite(value) || wantsExponent(value) || value == 0
                ? decimal(value)
                : rounded(value, DIGITS).toPlainString();
    }

    /** A learning rate: {@code 1.4e-4}. */
    public static String rate(double value) {
        return value == 0 ? "0" : exponential("0.0E0", value);
    }

    private static boolean wantsExponent(double value) {
        var size = Math.abs(value);
        return size != 0 && (size < 1e-3 || size >= 1e7);
    }

    private static BigDecimal rounded(double value, int digits) {
        var magnitude = value == 0 ? 0 : (int) Math.floor(Math.log10(Math.abs(value)));
        return BigDecimal.valueOf(value).setScale(Math.max(0, digits - 1 - magnitude), RoundingMode.HALF_EVEN);
    }

    private static String exponential(String pattern, double value) {
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT))
                .format(value)
                .toLowerCase(Locale.ROOT);
    }

    /** A difference with its sign and three significant digits: {@code +0.120}, {@code −0.539}, {@code ±0}. */
    public static String difference(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return value == 0 ? "±0" : decimal(value);
        }
        var size = Math.abs(value);
        return (value < 0 ? "−" : "+")
                + (wantsExponent(value)
                        ? decimal(size)
                        : rounded(size, DIGITS - 1).toPlainString());
    }

    /** Every digit, in groups of three: {@code 1,966,080}. */
    public static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A magnitude: {@code 460.8K}, {@code 134.5M}, {@code 7.24B}. */
    public static String magnitude(long count) {
        if (count < 1_000) {
            return Long.toString(count);
        }
        var unit = count < 999_950 ? 1 : count < 999_950_000 ? 2 : 3;
        return decimal(count / Math.pow(1_000, unit)) + "KMB".charAt(unit - 1);
    }

    /** A length of time in its two largest units: {@code 8s}, {@code 4m10s}, {@code 3h05m}, {@code 2d04h}. */
    public static String duration(Duration time) {
        var seconds = Math.round(Math.max(0, time.toMillis()) / 1000.0);
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3_600) {
            return pair(seconds, 60, "m", 1, "s");
        }
        return seconds < 86_400 ? pair(seconds, 3_600, "h", 60, "m") : pair(seconds, 86_400, "d", 3_600, "h");
    }

    private static String pair(long seconds, int large, String largeUnit, int small, String smallUnit) {
        return String.format(Locale.ROOT, "%d%s%02d%s", seconds / large, largeUnit, seconds % large / small, smallUnit);
    }
}
