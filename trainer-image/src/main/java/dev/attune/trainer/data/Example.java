package dev.attune.trainer.data;

/**
 * What the model learns from at a time.
 *
 * @param ids [length] token ids, at least 1
 * @param segments [length] which of two texts a token belongs to; {@code null}: all to the first
 * @param labels what is to be said: of language modeling [length] the ids again, {@link Batch#IGNORED} where a token isn't
 *     to be learnt; of other objectives as many as they need
 * @param targets numbers that are to be said; {@code null}: none
 * @param window which part of a longer text it reads; {@code null}: it is whole
 */
public record Example(int[] ids, int[] segments, int[] labels, float[] targets, Window window) {

    /** An example that is one text and has labels alone. */
    public static Example of(int[] ids, int[] labels) {
        return new Example(ids, null, labels, null, null);
    }

    /** An example of which every token is to be learnt. */
    static Example whole(int[] ids) {
        return of(ids, ids);
    }

    /** An example of which some tokens [length] are to be learnt. */
    static Example of(int[] ids, boolean[] learnt) {
        var labels = new int[ids.length];
        for (var token = 0; token < ids.length; token++) {
            labels[token] = learnt[token] ? ids[token] : Batch.IGNORED;
        }
        return of(ids, labels);
    }

    /** The number of tokens. */
    public int length() {
        return ids.length;
    }

    /** How many tokens are predicted from those before them and count: the first is never predicted. */
    int labelTokens() {
        var count = 0;
        for (var token = 1; token < labels.length; token++) {
            count += labels[token] == Batch.IGNORED ? 0 : 1;
        }
        return count;
    }
}
