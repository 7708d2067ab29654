package dev.attune.trainer.objective;

/** The registry: from a manifest's {@code objective} to what is learnt. */
public final class Objectives {

    private Objectives() {}

    /** The objective that a manifest sets. */
    public static Objective of(dev.attune.api.Objective spec) {
        return spec.instruction() == null
                ? new LanguageModeling()
                : new Instruction(spec.instruction().lossOn());
    }
}
