package dev.attune.trainer.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.data.Examples;
import dev.attune.trainer.data.LabelledTexts;
import dev.attune.trainer.data.LabelledTexts.Answer;
import dev.attune.trainer.data.Labels;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Task;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.text.Tokenizer;
import java.util.List;

/** A number for a text, by its squared error. */
record Regression() implements Objective {

    static Regression of(Task known) {
        if (!known.labels().isEmpty()) {
            throw TrainerFailure.invalidManifest(
                    "spec.model.from: the model is a classifier and tells %s, it gives no number: start from the one that it was made from, or use objective: {classification: {}}"
                            .formatted(String.join(", ", known.labels())));
        }
        return new Regression();
    }

    @Override
    public String name() {
        return "regression";
    }

    @Override
    public Task task() {
        return new Task(Task.Kind.REGRESSION, List.of());
    }

    @Override
    public Examples examples(List<DataFile> files, Architecture architecture, Tokenizer tokenizer, int sequenceLength) {
        return LabelledTexts.examples(
                files,
                tokenizer,
                sequenceLength,
                sample -> new Answer(new int[0], new float[] {Labels.number(sample)}));
    }

    @Override
    public double count(Network network, Batch batch) {
        return batch.size();
    }

    @Override
    public NDArray rows(Architecture architecture, Network network, Batch batch) {
        return WholeText.rows(architecture, network, batch);
    }

    @Override
    public Loss loss(Architecture architecture, Network network, NDArray rows, Batch batch) {
        var outputs = architecture.outputs(network, rows);
        var errors = outputs.sub(Torch.array(batch.targets(), new Shape(batch.size(), 1)));
        return new Loss(errors.mul(errors).sum(), count(network, batch), outputs);
    }

    @Override
    public Tally tally() {
        return new Errors();
    }

    @Override
    public boolean writes() {
        return false;
    }
}
