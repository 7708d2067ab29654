package dev.attune.trainer.estimate;

/**
 * Something to write in the manifest instead, and what the job would take then.
 *
 * @param field as in spec.training.microBatchSize
 * @param value as in 2
 */
public record Change(String field, String value, Estimate estimate) {

    /** Whether it is enough. */
    public boolean fits(long limit) {
        return estimate.memory().peak() <= limit;
    }
}
