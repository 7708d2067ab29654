package dev.attune.trainer.method;

import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Parameter;
import java.util.List;
import java.util.Optional;

/**
 * Transfer learning: the head of the task is trained, and above a frozen bottom some of the model's layers with all that
 * follows them.
 *
 * @param layers how many of the uppermost
 */
record TopLayers(int layers) implements Method {

    @Override
    public String name() {
        return "head";
    }

    @Override
    public double learningRate() {
        return layers == 0 ? 1e-3 : 5e-5;
    }

    @Override
    public boolean hasAdapter() {
        return false;
    }

    @Override
    public Footprint footprint(Architecture architecture) {
        return Footprint.ofOwn(chosen(architecture));
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        return Own.trained(model, chosen(model.architecture()));
    }

    private List<Parameter> chosen(Architecture architecture) {
        if (layers == 0) {
            return architecture.head().parameters();
        }
        var all = architecture.parameters();
        var blocks = all.stream()
                .map(Parameter::layer)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        if (layers > blocks.size()) {
            throw TrainerFailure.invalidManifest(
                    "spec.method.head.unfreezeLayers: the model has %d layers, fewer than %d: write %d or fewer"
                            .formatted(blocks.size(), layers, blocks.size()));
        }
        var lowest = Optional.of(blocks.get(blocks.size() - layers));
        return all.stream()
                .dropWhile(parameter -> !parameter.layer().equals(lowest))
                .toList();
    }
}
