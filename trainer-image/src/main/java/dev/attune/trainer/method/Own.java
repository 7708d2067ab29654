package dev.attune.trainer.method;

import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.tensor.Torch;
import java.util.List;
import java.util.Optional;

/** What methods share that put nothing beside the model, but train weights of its own. */
final class Own {

    private Own() {}

    /** A model of which some parameters are trained; what lies below them records no history. */
    static Adapted trained(Model model, List<Parameter> parameters) {
        var trainables = parameters.stream()
                .map(p -> new Trainable(p.name(), model.weights().get(p.name()), p.decays()))
                .toList();
        trainables.forEach(trainable -> Torch.requireGradient(trainable.array()));
        var network = model.network();
        return new Adapted(network, network, trainables, Optional.empty(), model::weights);
    }
}
