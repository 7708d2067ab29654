package dev.attune.trainer.estimate;

/** What an optimiser remembers of each number that it moves. */
public enum Moments {
    /** Two in 32 bits. */
    ADAMW(8, 8),
    /** Two in 8 bits, with a scale for 256. */
    ADAMW8BIT(2 + 8.0 / 256, 2 + 8.0 / 256),
    /** Ten moves and ten changes of gradients; to find a direction with them, eight more that aren't saved. */
    LBFGS(28 * 4, 20 * 4);

    private final double bytes;
    private final double saved;

    Moments(double bytes, double saved) {
        this.bytes = bytes;
        this.saved = saved;
    }

    /** Bytes in memory. */
    double bytes() {
        return bytes;
    }

    /** Bytes in a checkpoint. */
    double saved() {
        return saved;
    }
}
