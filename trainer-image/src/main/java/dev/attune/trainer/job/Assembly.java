package dev.attune.trainer.job;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus.TrainerInfo;
import dev.attune.trainer.checkpoint.CheckpointStore;
import dev.attune.trainer.data.Order;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.feature.Bottom;
import dev.attune.trainer.feature.FeatureStore;
import dev.attune.trainer.feature.Features;
import dev.attune.trainer.feature.Features.Unit;
import dev.attune.trainer.feature.Remembered;
import dev.attune.trainer.feature.Rows;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.train.AdamW;
import dev.attune.trainer.train.AdamW8Bit;
import dev.attune.trainer.train.Lbfgs;
import dev.attune.trainer.train.Optimiser;
import dev.attune.trainer.train.Stepper;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Puts together what the steps of a run need.
 *
 * @param forecast by which an automatic micro-batch is tried or not; empty where nobody knows how much memory there is
 */
record Assembly(
        FineTuneJob job, Places places, Sink sink, BooleanSupplier stop, Clock clock, Optional<Forecast> forecast) {

    /** Beside the result, where jobs whose results lie together share it. */
    private static final String FEATURES = ".attune-features";

    private static final long FEATURE_BYTES = 4L << 30;

    /** Enough to keep a processor busy; without gradients they take little memory. */
    private static final int TOKENS_AT_ONCE = 2048;

    /**
     * What is the same at every step runs once, and not in the loop: the body where the head alone is trained of what reads a
     * whole text, and else the lowest layers where nothing is trained in them.
     *
     * @return empty: told to stop before that was done
     */
    Optional<Loop> loop(Ingredients made, Adapted adapted, Plan plan, Order order, ResultFolder results) {
        var architecture = made.start().model().architecture();
        var store = store(results.recipe());
        var computed = Rows.computed(architecture, made.objective());
        if (made.objective().task().ofWholeText() && adapted.trainsOnly(architecture.head())) {
            var quick = plan.ofHeadAlone();
            return remembered(made, adapted, "features", Unit.TEXT, computed, results)
                    .map(rows -> loop(made, adapted, rows, quick, order, store));
        }
        var lean = lean(made, adapted);
        return bottom(made, adapted, order.epochs(plan.totalSteps()))
                .map(bottom -> remembered(made, adapted, bottom.toString(), Unit.TOKEN, bottom.states(), results)
                        .map(bottom::continued))
                .orElse(Optional.of(computed))
                .map(rows -> loop(made, lean, rows, plan, order, store));
    }

    private Loop loop(Ingredients made, Adapted adapted, Rows rows, Plan plan, Order order, CheckpointStore store) {
        var training = job.getSpec().training();
        var optimiser = optimiser(made.method(), adapted);
        var stepper = new Stepper(
                made.start().model().architecture(),
                adapted,
                made.objective(),
                rows,
                optimiser,
                training.gradientClip());
        var tried = tried(
                plan,
                new Trial(
                        stepper,
                        made.material().train(),
                        plan.batchSize(),
                        made.tokenizer().pad()));
        return new Loop(setup(made, adapted, rows, optimiser, stepper, tried), tried, order, store, sink, stop);
    }

    private Optimiser optimiser(Method method, Adapted adapted) {
        var training = job.getSpec().training();
        return switch (Appraisal.moments(method, training)) {
            case ADAMW -> new AdamW(adapted.trainables(), training.weightDecay());
            case ADAMW8BIT -> new AdamW8Bit(adapted.trainables(), training.weightDecay());
            case LBFGS -> new Lbfgs(adapted.trainables(), training.weightDecay());
        };
    }

    /** An automatic micro-batch is tried where by estimate it comes close to what there is, or nobody knows what there is. */
    private Plan tried(Plan plan, Trial trial) {
        if (!plan.automatic()) {
            return plan;
        }
        var size = plan.microBatchSize();
        if (forecast.map(Forecast::isClose).orElse(true)) {
            sink.accept(
                    new Event.Preparing("trying %d %s at once".formatted(size, size == 1 ? "example" : "examples")));
            size = trial.largest(size);
        }
        if (size < plan.batchSize()) {
            sink.accept(new Event.Preparing("computing %d of %d examples at once, as many as there is memory for"
                    .formatted(size, plan.batchSize())));
        }
        return plan.by(size);
    }

    /** A quantised model computes its layers again in any case. */
    private Adapted lean(Ingredients made, Adapted adapted) {
        return job.getSpec().training().gradientCheckpointing()
                        && made.method().quantization().isEmpty()
                ? adapted.recomputing()
                : adapted;
    }

    /** The layers below what is trained, where that they are computed once and kept pays. */
    private static Optional<Bottom> bottom(Ingredients made, Adapted adapted, double epochs) {
        var architecture = made.start().model().architecture();
        var layers = adapted.frozenLayers(architecture);
        return layers > 0
                        && Bottom.pays(
                                architecture,
                                made.objective(),
                                epochs,
                                made.material().allTokens())
                ? Optional.of(new Bottom(architecture, made.objective(), layers))
                : Optional.empty();
    }

    private Optional<Remembered> remembered(
            Ingredients made, Adapted adapted, String what, Unit unit, Rows computed, ResultFolder results) {
        var features = Features.of(made.material().both(), unit, TOKENS_AT_ONCE);
        var store = new FeatureStore(
                results.folder().resolveSibling(FEATURES),
                FEATURE_BYTES,
                warning -> sink.accept(new Event.Warned(warning)));
        return features.remembered(
                store,
                String.join(
                        " ",
                        version(),
                        Torch.device(),
                        made.start().model().precision().name(),
                        made.objective().name(),
                        what,
                        made.method().quantization().toString(),
                        made.start().digest(job.getSpec().training().seed())),
                new Features.Computation(
                        computed,
                        made.start().model().architecture().geometry().hidden(),
                        adapted.inference(),
                        made.tokenizer().pad(),
                        done -> sink.accept(new Event.Preparing(
                                "computing %s: %d of %d examples".formatted(what, done, features.size()))),
                        stop));
    }

    private Loop.Setup setup(
            Ingredients made, Adapted adapted, Rows rows, Optimiser optimiser, Stepper stepper, Plan plan) {
        var model = made.start().model();
        var material = made.material();
        var judge = new Judge(
                model.architecture(),
                adapted,
                made.objective(),
                rows,
                made.tokenizer(),
                material.evaluation(),
                material.evaluation().isEmpty() ? material.train() : material.evaluation(),
                plan.microBatchSize(),
                made.beginning());
        return new Loop.Setup(
                job.getMetadata().getName(),
                new TrainerInfo(version(), Torch.device(), model.size(), adapted.size(), 0),
                model.architecture().head().modelClass(),
                material.train(),
                made.tokenizer().pad(),
                job.getSpec().training().seed(),
                adapted,
                made.companions(),
                optimiser,
                stepper,
                judge);
    }

    private CheckpointStore store(String recipe) {
        var spec = job.getSpec();
        var uri = spec.checkpoints().to() == null
                ? spec.output().to() + "/checkpoints"
                : spec.checkpoints().to();
        return new CheckpointStore(
                places.locate("spec.checkpoints.to", uri),
                uri,
                recipe,
                spec.checkpoints().keep(),
                clock);
    }

    private static String version() {
        return Optional.ofNullable(Assembly.class.getPackage().getImplementationVersion())
                .orElse("unreleased");
    }
}
