package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
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

/**
 * Each of several classes by itself, by binary cross entropy; the mean goes over texts and classes.
 *
 * @param weights [classes] how much a text counts that has the class, as torch's {@code pos_weight}
 */
record Tagging(Task task, float[] weights) implements Objective {

    @Override
    public String name() {
        return "classification";
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        var labels = new Labels(task.labels());
        return LabelledTexts.examples(files, tokenizer, sequenceLength, sample -> {
            var targets = new float[weights.length];
            for (var place : labels.places(sample)) {
                targets[place] = 1;
            }
            return new Answer(new int[0], targets);
        });
    }

    @Override
    public double count(Network network, Batch batch) {
        return batch.targets().length;
    }

    @Override
    public NDArray rows(Architecture architecture, Network network, Batch batch) {
        return WholeText.rows(architecture, network, batch);
    }

    @Override
    public Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        var outputs = architecture.outputs(network, rows);
        var targets = Torch.array(batch.targets(), new Shape(batch.size(), weights.length));
        var sum = Ops.binaryCrossEntropySum(outputs, targets, Torch.array(weights));
        return new Loss(sum, count(network, batch), outputs);
    }

    @Override
    public Tally tally() {
        return new Confusion(weights.length, Confusion::likelierThanNot);
    }

    @Override
    public boolean writes() {
        return false;
    }
}
