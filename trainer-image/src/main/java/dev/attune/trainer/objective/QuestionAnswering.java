package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.Questions;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where in a context an answer begins and ends: the mean of both cross entropies over the tokens of a window.
 *
 * @param stride tokens that windows of one context have in common
 * @param maxAnswerTokens tokens that a marked answer has at most
 */
record QuestionAnswering(int stride, int maxAnswerTokens) implements Objective {

    @Override
    public String name() {
        return "questionAnswering";
    }

    @Override
    public Task task() {
        return new Task(Task.Kind.QUESTION_ANSWERING, List.of());
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        return Questions.examples(files, tokenizer, sequenceLength, stride);
    }

    @Override
    public double count(Network network, Batch batch) {
        return batch.size();
    }

    @Override
    public NDArray rows(Architecture architecture, Network network, Batch batch) {
        return Inputs.states(architecture, network, batch, batch.places(), 0);
    }

    @Override
    public Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        var outputs = withFilling(architecture.outputs(network, rows), batch);
        var sides = outputs.reshape(batch.size(), batch.length(), 2).split(2, 2);
        var sum = crossEntropy(sides.get(0), batch, 0).add(crossEntropy(sides.get(1), batch, 1));
        return new Loss(Ops.scale(sum, 0.5), count(network, batch), outputs);
    }

    /** Scores {@code [tokens, 2]} at their places {@code [size·length, 2]}, and anything in the place of filling. */
    private static NDArray withFilling(NDArray scores, Batch batch) {
        var index = new long[batch.ids().length];
        var places = batch.places();
        for (var token = 0; token < places.length; token++) {
            index[places[token]] = token;
        }
        return Ops.rows(scores, Torch.array(index));
    }

    private static NDArray crossEntropy(NDArray scores, Batch batch, int side) {
        var shape = new Shape(batch.size(), batch.length());
        var real = new boolean[batch.attentionMask().length];
        IntStream.range(0, real.length).forEach(at -> real[at] = batch.attentionMask()[at] == 1);
        var labels = IntStream.range(0, batch.size())
                .mapToLong(row -> batch.labels()[2 * row + side])
                .toArray();
        return Ops.crossEntropySum(
                Ops.maskedBias(scores.reshape(shape), Torch.array(real, shape)), Torch.array(labels));
    }

    @Override
    public Tally tally() {
        return new MarkedAnswers(maxAnswerTokens);
    }

    @Override
    public boolean writes() {
        return false;
    }
}
