package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Architecture.Kind;
import dev.attune.trainer.model.Network;
import java.util.stream.IntStream;

/** One state for a text: the first of a model that reads all at once, else the last of what was read. */
public final class WholeText {

    private WholeText() {}

    /** The states {@code [batch, hidden]}. The first of a row may be a virtual token's. */
    public static NDArray rows(Architecture architecture, Network network, Batch batch) {
        var first = architecture.kind() == Kind.ENCODER;
        var places = IntStream.range(0, batch.size())
                .map(row -> row * batch.length() + (first ? 0 : Math.max(0, batch.textLength(row) - 1)))
                .toArray();
        return Inputs.states(architecture, network, batch, places, first ? network.virtualTokens() : 0);
    }
}
