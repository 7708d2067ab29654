package dev.attune.trainer.method;

import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Parameter;
import java.util.HashSet;
import java.util.List;

/**
 * Full fine-tuning: every weight of the model is trained, or those that are named.
 *
 * @param train patterns of weights' names; empty: all
 */
record Full(List<String> train) implements Method {

    private static final String FIELD = "spec.method.full.train[%d]";

    static Full of(dev.attune.api.Method.Full spec) {
        return new Full(spec.train() == null ? List.of() : spec.train());
    }

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
    public Footprint footprint(Architecture architecture) {
        return Footprint.ofOwn(chosen(architecture));
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        return Own.trained(model, chosen(model.architecture()));
    }

    private List<Parameter> chosen(Architecture architecture) {
        var all = architecture.parameters();
        if (train.isEmpty()) {
            return all;
        }
        var names = all.stream().map(Parameter::name).toList();
        var chosen = new HashSet<String>();
        for (var i = 0; i < train.size(); i++) {
            chosen.addAll(new NamePattern(train.get(i)).matching(names, FIELD.formatted(i)));
        }
        return all.stream().filter(p -> chosen.contains(p.name())).toList();
    }
}
