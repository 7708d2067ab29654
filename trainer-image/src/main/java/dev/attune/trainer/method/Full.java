package dev.attune.trainer.method;

import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.WeightsNetwork;
import dev.attune.trainer.tensor.Torch;
import java.util.Optional;

/** Full fine-tuning: every weight of the model is trained. */
record Full() implements Method {

    @Override
    public String name() {
        return "full";
    }

    @Override
    public double learningRate() {
        return 2e-5;
    }

    @Override
    public boolean needsWeights() {
        return false;
    }

    @Override
    public boolean hasAdapter() {
        return false;
    }

    @Override
    public boolean merges() {
        return true;
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        var trainables = model.architecture().parameters().stream()
                .map(p -> new Trainable(p.name(), model.weights().get(p.name()), p.decays()))
                .toList();
        trainables.forEach(trainable -> Torch.requireGradient(trainable.array()));
        var network = new WeightsNetwork(model.weights());
        return new Adapted(network, network, trainables, Optional.empty(), model::weights);
    }
}
