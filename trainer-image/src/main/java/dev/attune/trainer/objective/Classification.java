package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.LabelledTexts;
import dev.attune.trainer.data.LabelledTexts.Answer;
import dev.attune.trainer.data.Labels;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One class of several, by cross entropy.
 *
 * @param weights [classes] how much each counts; the mean is divided by the labels' weights, as torch does
 * @param smoothing share of certainty that is spread over all classes
 */
record Classification(Task task, float[] weights, double smoothing) implements Objective {

    @Override
    public String name() {
        return "classification";
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        var labels = new Labels(task.labels());
        return LabelledTexts.examples(
                files, tokenizer, sequenceLength, sample -> new Answer(new int[] {labels.place(sample)}, null));
    }

    @Override
    public double count(Network network, Batch batch) {
        return IntStream.of(batch.labels()).mapToDouble(label -> weights[label]).sum();
    }

    @Override
    public NDArray rows(Architecture architecture, Network network, Batch batch) {
        return WholeText.rows(architecture, network, batch);
    }

    @Override
    public Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        var outputs = architecture.outputs(network, rows);
        var labels = Torch.array(IntStream.of(batch.labels()).asLongStream().toArray());
        var sum = Ops.crossEntropySum(outputs, labels, Torch.array(weights), smoothing);
        return new Loss(sum, count(network, batch), outputs);
    }

    @Override
    public Tally tally() {
        return new Confusion(task.labels().size(), Confusion::likeliest);
    }

    @Override
    public boolean writes() {
        return false;
    }
}
