package dev.attune.trainer.job;

import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.ModelFolder.Reading;
import dev.attune.trainer.model.Precision;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.text.Tokenizer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * All that a run is made of.
 *
 * @param again reads the model that is started from once more, in fp32, for where training changes the first
 */
record Ingredients(
        Method method,
        Objective objective,
        StartingModel start,
        Tokenizer tokenizer,
        Material material,
        Function<Reading, Model> again) {

    Companions companions() {
        return new Companions(start.model(), tokenizer);
    }

    /**
     * What was adapted, in fp32 and on the weights as their files have them, whichever precision was trained in. A model that
     * is trained whole has none that are kept otherwise.
     */
    Adapted exact(Adapted adapted, long seed) {
        if (start.model().precision() == Precision.FP32) {
            return adapted;
        }
        var model = adapted.trainsAll() ? start.model().in(Precision.FP32) : again.apply(Reading.MAPPED);
        var exact = method.adapt(model, seed);
        exact.take(adapted);
        return exact;
    }

    /** The model as it was before training; one that is frozen still is. Another is read into what training gave back. */
    Supplier<Model> beginning() {
        return method.hasAdapter() ? start::model : () -> again.apply(Reading.COPIED);
    }
}
