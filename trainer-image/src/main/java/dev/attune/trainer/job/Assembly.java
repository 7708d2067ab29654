package dev.attune.trainer.job;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus.TrainerInfo;
import dev.attune.trainer.checkpoint.CheckpointStore;
import dev.attune.trainer.data.Order;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.feature.FeatureStore;
import dev.attune.trainer.feature.Features;
import dev.attune.trainer.feature.Rows;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.train.AdamW;
import dev.attune.trainer.train.Lbfgs;
import dev.attune.trainer.train.Stepper;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Puts together what the steps of a run need. */
record Assembly(FineTuneJob job, Places places, Sink sink, BooleanSupplier stop, Clock clock) {

    /** Beside the result, where jobs whose results lie together share it. */
    private static final String FEATURES = ".attune-features";

    private static final long FEATURE_BYTES = 4L << 30;

    /** Enough to keep a processor busy; without gradients they take little memory. */
    private static final int FEATURE_TOKENS = 2048;

    /**
     * Where the head alone is trained of what reads a whole text, the body runs once, and not in the loop.
     *
     * @return empty: told to stop before the body was done
     */
    Optional<Loop> loop(Ingredients made, Adapted adapted, Plan plan, Order order, ResultFolder results) {
        var architecture = made.start().model().architecture();
        var store = store(results.recipe());
        var computed = Rows.computed(architecture, made.objective());
        if (!made.objective().task().ofWholeText() || !adapted.trainsOnly(architecture.head())) {
            return Optional.of(
                    new Loop(setup(made, lean(made, adapted), computed, plan), plan, order, store, sink, stop));
        }
        var quick = plan.ofHeadAlone();
        return remembered(made, adapted, computed, results.folder())
                .map(rows -> new Loop(setup(made, adapted, rows, quick), quick, order, store, sink, stop));
    }

    /** A quantised model computes its layers again in any case. */
    private Adapted lean(Ingredients made, Adapted adapted) {
        return job.getSpec().training().gradientCheckpointing()
                        && made.method().quantization().isEmpty()
                ? adapted.recomputing()
                : adapted;
    }

    private Optional<Rows> remembered(Ingredients made, Adapted adapted, Rows computed, Path output) {
        var material = made.material();
        var features =
                Features.of(Stream.concat(material.train().stream(), material.evaluation().stream()), FEATURE_TOKENS);
        var store = new FeatureStore(
                output.resolveSibling(FEATURES), FEATURE_BYTES, warning -> sink.accept(new Event.Warned(warning)));
        return features.remembered(
                store,
                String.join(
                        " ",
                        version(),
                        Torch.device(),
                        made.objective().name(),
                        made.start().digest(job.getSpec().training().seed())),
                new Features.Computation(
                        computed,
                        adapted.inference(),
                        made.tokenizer().pad(),
                        done -> sink.accept(new Event.Preparing(
                                "computing features: %d of %d examples".formatted(done, features.size()))),
                        stop));
    }

    private Loop.Setup setup(Ingredients made, Adapted adapted, Rows rows, Plan plan) {
        var training = job.getSpec().training();
        var model = made.start().model();
        var material = made.material();
        var optimiser = switch (made.method().optimisation()) {
            case ADAMW -> new AdamW(adapted.trainables(), training.weightDecay());
            case LBFGS -> new Lbfgs(adapted.trainables(), training.weightDecay());
        };
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
                training.seed(),
                adapted,
                made.companions(),
                optimiser,
                new Stepper(model.architecture(), adapted, made.objective(), rows, optimiser, training.gradientClip()),
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
