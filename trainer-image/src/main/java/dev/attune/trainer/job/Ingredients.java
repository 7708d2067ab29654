package dev.attune.trainer.job;

import dev.attune.trainer.method.Method;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.text.Tokenizer;
import java.util.function.Supplier;

/**
 * All that a run is made of.
 *
 * @param again reads the model that is started from once more, for where training changes the first
 */
record Ingredients(
        Method method,
        Objective objective,
        StartingModel start,
        Tokenizer tokenizer,
        Material material,
        Supplier<Model> again) {

    Companions companions() {
        return new Companions(start.model(), tokenizer);
    }

    /** The model as it was before training; one that is frozen still is. */
    Supplier<Model> beginning() {
        return method.hasAdapter() ? start::model : again;
    }
}
