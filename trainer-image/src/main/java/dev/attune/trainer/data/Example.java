package dev.attune.trainer.data;

/**
 * What the model learns from at a time.
 *
 * @param ids [length] token ids, at least 2
 * @param labels [length] the ids again; {@link Batch#IGNORED} where a token isn't to be learnt
 */
public record Example(int[] ids, int[] labels) {

    /** An example of which every token is to be learnt. */
    static Example whole(int[] ids) {
        return new Example(ids, ids);
    }

    /** An example of which some tokens [length] are to be learnt. */
    static Example of(int[] ids, boolean[] learnt) {
        var labels = new int[ids.length];
        for (var token = 0; token < ids.length; token++) {
            labels[token] = learnt[token] ? ids[token] : Batch.IGNORED;
        }
        return new Example(ids, labels);
    }

    /** The number of tokens. */
    public int length() {
        return ids.length;
    }

    /** How many tokens are predicted and count: the first is never predicted. */
    public int labelTokens() {
        var count = 0;
        for (var token = 1; token < labels.length; token++) {
            count += labels[token] == Batch.IGNORED ? 0 : 1;
        }
        return count;
    }
}
