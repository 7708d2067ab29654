package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.stream.IntStream;

/** One state for a text: the first of a model that reads all at once, else the last of what was read. */
public final class WholeText {

    private WholeText() {}

    /** The states {@code [batch, hidden]}. */
    public static NDArray rows(Architecture architecture, Network network, Batch batch) {
        var hidden = architecture.hidden(network, Inputs.of(batch));
        var length = hidden.getShape().get(1);
        var index = IntStream.range(0, batch.size())
                .mapToLong(row -> row * length + place(architecture, batch, row, length - batch.length()))
                .toArray();
        return Ops.rows(hidden.reshape(-1, hidden.getShape().get(2)), Torch.array(index));
    }

    private static long place(Architecture architecture, Batch batch, int row, long virtual) {
        if (architecture.kind() == Architecture.Kind.ENCODER) {
            return 0;
        }
        return virtual
                + IntStream.range(0, batch.length())
                        .filter(at -> batch.attentionMask()[row * batch.length() + at] == 1)
                        .max()
                        .orElse(0);
    }
}
