package dev.attune.trainer.method;

import dev.attune.trainer.model.Model;

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
    public Adapted adapt(Model model, long seed) {
        var head = model.architecture().head();
        var last = head.parameters().stream()
                .filter(parameter -> parameter.module().equals(head.last()))
                .toList();
        return Own.trained(model, last);
    }
}
