package dev.attune.operator.decide;

import java.time.Duration;

/**
 * How long to wait before a new attempt.
 *
 * @param base after the first failure; doubles with each
 * @param limit at most
 */
public record BackOff(Duration base, Duration limit) {

    private static final int LARGEST_SHIFT = 30;

    Duration after(int failures) {
        var wait = base.multipliedBy(1L << Math.min(Math.max(failures - 1, 0), LARGEST_SHIFT));
        return wait.compareTo(limit) < 0 ? wait : limit;
    }
}
