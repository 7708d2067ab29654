package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Tokens;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.stream.IntStream;

/** Each label of an encoder-decoder is told by its decoder's state, which knows the text and the labels before it. */
record AnswerTokens() implements TokenScoring {

    @Override
    public NDArray rows(Architecture architecture, Network network, Batch batch) {
        var answers = new Tokens.Answers(read(batch, architecture.start()), null);
        var hidden = architecture.hidden(network, Inputs.of(batch).with(answers, 0));
        var index = IntStream.of(labelled(network, batch)).asLongStream().toArray();
        return Ops.rows(hidden.reshape(-1, hidden.getShape().get(2)), Torch.array(index));
    }

    /** The labels of each row behind the token that the decoder begins with, without the last; it fills up, too. */
    private static NDArray read(Batch batch, int start) {
        var length = batch.labelLength();
        var ids = IntStream.range(0, batch.labels().length)
                .mapToLong(at -> at % length == 0 ? start : batch.labels()[at - 1])
                .map(id -> id == Batch.IGNORED ? start : id)
                .toArray();
        return Torch.array(ids, new Shape(batch.size(), length));
    }
}
