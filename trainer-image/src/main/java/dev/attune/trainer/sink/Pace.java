package dev.attune.trainer.sink;

import dev.attune.trainer.event.Event.Stepped;
import java.time.Duration;

/**
 * How fast a run is: exponential moving averages over about the last twenty steps.
 *
 * @param seconds averaged time of a step, in units of {@code weight}
 * @param tokens averaged tokens of a step, in units of {@code weight}
 * @param weight what a constant of 1 would have come to; 0 before the first step
 * @param tokensSeen tokens up to the last step, in all attempts
 */
record Pace(double seconds, double tokens, double weight, long tokensSeen) {

    private static final double SHARE = 0.1;

    static final Pace UNKNOWN = new Pace(0, 0, 0, 0);

    Pace after(Stepped step) {
        return new Pace(
                moved(seconds, step.seconds()),
                moved(tokens, step.tokens() - tokensSeen),
                moved(weight, 1),
                step.tokens());
    }

    /** The pace of a new attempt, of which an earlier one's speed says nothing. */
    Pace ofNewAttempt() {
        return new Pace(0, 0, 0, tokensSeen);
    }

    boolean known() {
        return weight > 0 && seconds > 0;
    }

    /** Tokens a second. */
    long tokensPerSecond() {
        return Math.round(tokens / seconds);
    }

    /** How long so many steps take. */
    Duration timeFor(int steps) {
        return Duration.ofMillis(Math.round(1000 * steps * seconds / weight));
    }

    private static double moved(double average, double value) {
        return average + SHARE * (value - average);
    }
}
