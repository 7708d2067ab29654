package dev.attune.trainer.sink;

/**
 * A metric before training and now.
 *
 * @param before value before the first step; {@code null} when it wasn't measured then
 * @param after newest value
 */
public record Change(String name, Double before, double after) {

    /** What training added; 0 when there is nothing to compare with. */
    public double difference() {
        return before == null ? 0 : after - before;
    }

    /** Whether the metric moved the right way; of losses, perplexities and errors less is better, of all others more. */
    public boolean better() {
        var lessIsBetter = name.endsWith("loss") || name.endsWith("perplexity") || name.endsWith("mae");
        return lessIsBetter ? difference() < 0 : difference() > 0;
    }
}
