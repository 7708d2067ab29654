package dev.attune.trainer.method;

import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Head;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Parameter;
import java.util.List;

/** A linear probe: of the whole model, the last linear layer of its task's head alone is trained, to the best there is. */
record LinearProbe() implements Method {

    @Override
    public String name() {
        return "linearProbe";
    }

    /** L-BFGS finds its step length itself, beginning at 1. */
    @Override
    public double learningRate() {
        return 1;
    }

    @Override
    public double epochs() {
        return 100;
    }

    @Override
    public Optimisation optimisation() {
        return Optimisation.LBFGS;
    }

    @Override
    public boolean hasAdapter() {
        return false;
    }

    @Override
    public Footprint footprint(Architecture architecture) {
        return Footprint.ofOwn(last(architecture.head()));
    }

    @Override
    public Adapted adapt(Model model, long seed) {
        return Own.trained(model, last(model.architecture().head()));
    }

    private static List<Parameter> last(Head head) {
        return head.parameters().stream()
                .filter(parameter -> parameter.module().equals(head.last()))
                .toList();
    }
}
