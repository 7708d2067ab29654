package dev.attune.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private long now;

    @Test
    void letsABurstThroughAndThenKeepsThePace() {
        var bucket = new TokenBucket(50, () -> now);
        for (var i = 0; i < 50; i++) {
            assertThat(bucket.take()).isZero();
        }
        for (var i = 0; i < 10; i++) {
            var wait = bucket.take();
            assertThat(wait).isBetween(Duration.ofMillis(19), Duration.ofMillis(21));
            now += wait.toNanos();
        }
    }

    @Test
    void pauseFillsItAgainButNoMoreThanOnce() {
        var bucket = new TokenBucket(2, () -> now);
        now += Duration.ofHours(1).toNanos();
        assertThat(bucket.take()).isZero();
        assertThat(bucket.take()).isZero();
        assertThat(bucket.take()).isPositive();
    }
}
