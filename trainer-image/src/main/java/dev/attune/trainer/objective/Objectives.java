package dev.attune.trainer.objective;

import dev.attune.trainer.data.DataFile;
import java.util.List;

/** The registry: from a manifest's {@code objective} to what is learnt. */
public final class Objectives {

    private Objectives() {}

    /**
     * The objective that a manifest sets.
     *
     * @param train what it is to be learnt from, which may tell the classes
     */
    public static Objective of(dev.attune.api.Objective spec, List<DataFile> train) {
        return spec.instruction() == null
                ? new LanguageModeling()
                : new Instruction(spec.instruction().lossOn());
    }
}
