package dev.attune.trainer.feature;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One row for each of some texts, whichever network asks: for models in which nothing below the head is trained.
 *
 * @param places which row is a text's
 * @param table {@code [texts, hidden]}
 */
record Remembered(Map<Text, Integer> places, NDArray table) implements Rows {

    /** What a network reads of an example: its ids, and its segments if it has any. Equal content is the same text. */
    record Text(List<IntBuffer> parts) {

        static Text of(Example example) {
            return of(example.ids(), example.segments(), 0, example.length());
        }

        private static Text of(int[] ids, int[] segments, int from, int length) {
            var own = IntBuffer.wrap(ids, from, length);
            return new Text(segments == null ? List.of(own) : List.of(own, IntBuffer.wrap(segments, from, length)));
        }
    }

    @Override
    public NDArray of(Network network, Batch batch) {
        var index = IntStream.range(0, batch.size())
                .mapToLong(row -> places.get(text(batch, row)))
                .toArray();
        return Ops.rows(table, Torch.array(index));
    }

    private static Text text(Batch batch, int row) {
        return Text.of(batch.ids(), batch.segments(), row * batch.length(), batch.textLength(row));
    }
}
