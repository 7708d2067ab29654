package dev.attune.operator.report;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Lets through so many a second on average, and as many at once after a pause. For one thread. */
final class TokenBucket {

    private static final double NANOS = Duration.ofSeconds(1).toNanos();

    private final int perSecond;
    private final LongSupplier nanos;
    private double tokens;
    private long filled;

    /** @param nanos the time, as {@link System#nanoTime} tells it */
    TokenBucket(int perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.tokens = perSecond;
        this.filled = nanos.getAsLong();
    }

    /** Takes a token, and says how long to wait before using it. */
    Duration take() {
        var now = nanos.getAsLong();
        tokens = Math.min(perSecond, tokens + (now - filled) / NANOS * perSecond) - 1;
        filled = now;
        return tokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) (-tokens / perSecond * NANOS));
    }
}
