package dev.attune.trainer.model.arch;

import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.model.Mask.Bias;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Torch;

/**
 * T5's relative positions: a learnt number for each head and bucket of distances is added to a score.
 *
 * @param module the embedding {@code [buckets, heads]} that holds the numbers
 * @param bidirectional whether keys behind a query have buckets of their own; otherwise they count as the query itself
 * @param buckets how many
 * @param farthest from this distance on all fall into the last one
 */
record RelativePositions(String module, boolean bidirectional, int buckets, int farthest) {

    /** What is added to the scores of all layers. */
    Bias bias(Network network) {
        return (queries, keys) -> {
            var ids = Torch.array(buckets((int) queries, (int) keys), new Shape(queries, keys));
            return network.embedding(module, ids).transpose(2, 0, 1).expandDims(0);
        };
    }

    /** The bucket of every query and key, row by row; the last query stands at the last key. */
    private long[] buckets(int queries, int keys) {
        var farthestBack = 1 - keys;
        var byDistance = new long[queries + keys - 1];
        for (var i = 0; i < byDistance.length; i++) {
            byDistance[i] = bucket(farthestBack + i);
        }
        var all = new long[queries * keys];
        for (var query = 0; query < queries; query++) {
            System.arraycopy(byDistance, queries - 1 - query, all, query * keys, keys);
        }
        return all;
    }

    /**
     * Half of the buckets hold one distance each, the others ever more. Computed in fp32, as the reference does, for the
     * edges to fall where its own do.
     *
     * @param distance from the query to the key
     */
    int bucket(int distance) {
        var each = bidirectional ? buckets / 2 : buckets;
        var side = bidirectional && distance > 0 ? each : 0;
        var far = bidirectional ? Math.abs(distance) : Math.max(-distance, 0);
        var exact = each / 2;
        if (far < exact) {
            return side + far;
        }
        var share = (float) Math.log((float) far / exact) / (float) Math.log((double) farthest / exact);
        return side + Math.min(exact + (int) (share * (each - exact)), each - 1);
    }
}
