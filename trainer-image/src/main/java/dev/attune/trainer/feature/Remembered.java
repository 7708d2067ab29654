package dev.attune.trainer.feature;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The rows of some texts, one each or one a token, whichever network asks: of layers in which nothing is trained.
 *
 * @param places which row is a text's, or its first token's
 * @param table {@code [rows, hidden]}
 */
public record Remembered(Map<Text, Integer> places, NDArray table) implements Rows {

    /** What a network reads of an example: its ids, and its segments if it has any. Equal content is the same text. */
    public record Text(List<IntBuffer> parts) {

        static Text of(Example example) {
            return of(example.ids(), example.segments(), 0, example.length());
        }

        private static Text of(int[] ids, int[] segments, int from, int length) {
            var own = IntBuffer.wrap(ids, from, length);
            return new Text(segments == null ? List.of(own) : List.of(own, IntBuffer.wrap(segments, from, length)));
        }
    }

    /** The row of each text, {@code [batch, hidden]}. */
    @Override
    public NDArray of(Network network, Batch batch) {
        var index = IntStream.range(0, batch.size())
                .mapToLong(row -> places.get(text(batch, row)))
                .toArray();
        return Ops.rows(table, Torch.array(index));
    }

    /**
     * The rows of all tokens, in the batch's order. In the place of filling stands the last row of its text, as nothing sees
     * it.
     *
     * @param shape {@code [..., hidden]}: with room for filling, or without
     */
    NDArray tokens(Batch batch, Shape shape) {
        var filled = shape.slice(0, shape.dimension() - 1).size() != batch.tokens();
        var index = IntStream.range(0, batch.size())
                .mapToObj(row -> tokens(batch, row, filled ? batch.length() : batch.textLength(row)))
                .flatMapToLong(places -> places)
                .toArray();
        return Ops.rows(table, Torch.array(index)).reshape(shape);
    }

    private LongStream tokens(Batch batch, int row, int length) {
        var first = places.get(text(batch, row));
        var last = batch.textLength(row) - 1;
        return IntStream.range(0, length).mapToLong(token -> first + Math.min(token, last));
    }

    private static Text text(Batch batch, int row) {
        return Text.of(batch.ids(), batch.segments(), row * batch.length(), batch.textLength(row));
    }
}
