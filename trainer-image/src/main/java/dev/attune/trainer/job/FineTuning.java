package dev.attune.trainer.job;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobSpec;
import dev.attune.api.FineTuneJobStatus.TrainerInfo;
import dev.attune.api.Output.Form;
import dev.attune.protocol.ExitCode;
import dev.attune.protocol.Report.Failure;
import dev.attune.trainer.checkpoint.CheckpointStore;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Order;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.feature.FeatureStore;
import dev.attune.trainer.feature.Features;
import dev.attune.trainer.feature.Rows;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.method.Method.Optimisation;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.objective.Objectives;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.text.Tokenizer;
import dev.attune.trainer.train.AdamW;
import dev.attune.trainer.train.Lbfgs;
import dev.attune.trainer.train.Stepper;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** One run of a job, from its manifest to its result; whatever happens is told to the sink. */
public final class FineTuning {

    private static final int LEAST_TOKENS = 2;

    /** Beside the result, where jobs whose results lie together share it. */
    private static final String FEATURES = ".attune-features";

    private static final long FEATURE_BYTES = 4L << 30;

    private final FineTuneJob job;
    private final Places places;
    private final Sink sink;
    private final BooleanSupplier stop;
    private final Clock clock;

    /**
     * A run.
     *
     * @param job with its defaults filled in
     * @param stop asked between steps, and between the batches of features: whether to save and end
     */
    public FineTuning(FineTuneJob job, Places places, Sink sink, BooleanSupplier stop, Clock clock) {
        this.job = job;
        this.places = places;
        this.sink = sink;
        this.stop = stop;
        this.clock = clock;
    }

    /** Runs to an end, which is never an exception. */
    public ExitCode run() {
        try {
            return trainWithinMemory();
        } catch (TrainerFailure e) {
            sink.accept(new Event.Failed(new Failure(e.reason(), e.getMessage())));
            return e.exit();
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(FineTuning.class).error("unexpected", e);
            sink.accept(new Event.Failed(new Failure("Unexpected", e.toString())));
            return ExitCode.UNEXPECTED;
        }
    }

    private ExitCode trainWithinMemory() {
        try {
            return train();
        } catch (RuntimeException e) {
            if (Torch.ranOutOfMemory(e)) {
                throw TrainerFailure.outOfMemory(
                        "no memory was left: lower spec.training.microBatchSize or spec.training.sequenceLength, or give"
                                + " the trainer more: "
                                + e.getMessage().lines().findFirst().orElse(""),
                        e);
            }
            throw e;
        }
    }

    /** All that a run is made of. */
    private record Ingredients(
            Method method, Objective objective, StartingModel start, Tokenizer tokenizer, Material material) {

        Companions companions() {
            return new Companions(start.model(), tokenizer);
        }
    }

    private ExitCode train() {
        var spec = job.getSpec();
        var method = Methods.of(spec.method(), uri -> places.existing("spec.method.lora.initialFrom", uri));
        var form = form(spec, method);
        var files = Material.Files.of(spec.data(), places);
        var objective = Objectives.of(
                spec.objective(),
                files.train(),
                StartingModel.task(places, spec.model().from()));
        sink.accept(new Event.Preparing("loading " + spec.model().from()));
        var start = start(method, objective).toTrain();
        requireForm(form, method, start.model());
        Torch.sizeThreads(start.model().size());
        try (var tokenizer = Tokenizer.read(start.tokenizer())) {
            sink.accept(new Event.Preparing("reading data"));
            var fitting = objective.on(start.model().architecture(), tokenizer);
            var material = material(files, method, fitting, start, tokenizer);
            var output = place("spec.output.to", spec.output().to());
            ResultFolder.requireApart(output, folders(start, method));
            var recipe = Recipe.digest(spec, folders(start, method), material.digests());
            var results = new ResultFolder(output, spec.output().to(), recipe);
            var done = results.existing(form);
            if (done.isPresent()) {
                sink.accept(new Event.AlreadyDone(done.get()));
                return ExitCode.SUCCEEDED;
            }
            return train(new Ingredients(method, fitting, start, tokenizer, material), form, results);
        }
    }

    private static List<Path> folders(StartingModel start, Method method) {
        return Stream.concat(start.folders().stream(), method.folders().stream())
                .toList();
    }

    private static void requireForm(Form form, Method method, Model model) {
        if (form == Form.MERGED) {
            method.unmergeable(model).ifPresent(why -> {
                throw TrainerFailure.invalidManifest(
                        "spec.output.form: merged can't be had, as %s: write adapter, or leave it out".formatted(why));
            });
        }
    }

    private StartingModel start(Method method, Objective objective) {
        var from = job.getSpec().model().from();
        var seed = job.getSpec().training().seed();
        return method.needsWeights()
                ? StartingModel.load(places, from, objective.task(), seed, method.quantization())
                : StartingModel.loadOrDraw(places, from, objective.task(), seed);
    }

    private Material material(
            Material.Files files, Method method, Objective objective, StartingModel start, Tokenizer tokenizer) {
        var architecture = start.model().architecture();
        var length = Math.min(job.getSpec().training().sequenceLength(), room(method, architecture.maxLength()));
        var material =
                Material.read(job.getSpec(), files, some -> objective.examples(some, architecture, tokenizer, length));
        material.requireWithin(architecture.vocabulary(), tokenizer);
        material.notes().forEach(note -> sink.accept(new Event.Warned(note)));
        sink.accept(new Event.DataRead(
                material.train().size(), material.evaluation().size(), material.tokens()));
        return material;
    }

    private static int room(Method method, int maxLength) {
        var room = maxLength - method.places();
        if (room < LEAST_TOKENS) {
            throw TrainerFailure.invalidManifest(
                    "spec.method.%s.length: %d leaves no room for a text, the model reads %d tokens at most: lower it"
                            .formatted(method.name(), method.places(), maxLength));
        }
        return room;
    }

    private ExitCode train(Ingredients made, Form form, ResultFolder results) {
        var spec = job.getSpec();
        var training = spec.training();
        var start = made.start();
        var adapted = made.method().adapt(start.model(), training.seed());
        var examples = made.material().train().size();
        var wholly = made.method().optimisation() == Optimisation.LBFGS;
        var order = new Order(examples, wholly ? examples : training.batchSize(), training.seed());
        var plan = Plan.of(spec, order, made.method());
        var loop = loop(made, adapted, plan, order, store(results.recipe()));
        if (loop.isEmpty()) {
            sink.accept(new Event.Interrupted(0));
        }
        if (!loop.map(Loop::run).orElse(false)) {
            return ExitCode.INTERRUPTED;
        }
        sink.accept(new Event.Writing(results.uri()));
        var merge = form == Form.MERGED ? Optional.of(merge(made, adapted, plan)) : Optional.<Merge>empty();
        var result = results.write(made.companions(), adapted, merge, plan.totalSteps());
        sink.accept(new Event.Succeeded(result));
        return ExitCode.SUCCEEDED;
    }

    private Merge merge(Ingredients made, Adapted adapted, Plan plan) {
        var material = made.material();
        var examples = material.evaluation().isEmpty() ? material.train() : material.evaluation();
        var some = examples.subList(0, Math.min(plan.microBatchSize(), examples.size()));
        var sample = made.objective()
                .drawn(Batch.inOrder(some, some.size(), made.tokenizer().pad()).get(0), 0);
        var merge = Merge.of(made.start().model().architecture(), adapted, made.objective(), sample);
        if (made.method().hasAdapter()) {
            sink.accept(new Event.Merged(merge.difference()));
        }
        return merge;
    }

    /**
     * Where the head alone is trained of what reads a whole text, the body runs once, and not in the loop.
     *
     * @return empty: told to stop before the body was done
     */
    private Optional<Loop> loop(Ingredients made, Adapted adapted, Plan plan, Order order, CheckpointStore store) {
        var architecture = made.start().model().architecture();
        var computed = Rows.computed(architecture, made.objective());
        if (!made.objective().task().ofWholeText() || !adapted.trainsOnly(architecture.head())) {
            return Optional.of(new Loop(setup(made, adapted, computed, plan), plan, order, store, sink, stop));
        }
        var quick = plan.ofHeadAlone();
        return remembered(made, adapted, computed, plan.microBatchSize())
                .map(rows -> new Loop(setup(made, adapted, rows, quick), quick, order, store, sink, stop));
    }

    private Optional<Rows> remembered(Ingredients made, Adapted adapted, Rows computed, int atOnce) {
        var material = made.material();
        var features = Features.of(Stream.concat(material.train().stream(), material.evaluation().stream()), atOnce);
        var output = place("spec.output.to", job.getSpec().output().to());
        var store = new FeatureStore(
                output.resolveSibling(FEATURES), FEATURE_BYTES, warning -> sink.accept(new Event.Warned(warning)));
        return features.remembered(
                store,
                String.join(
                        " ",
                        version(),
                        Torch.device(),
                        made.objective().name(),
                        made.start().digest()),
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
                () -> made.method().hasAdapter()
                        ? model
                        : start(made.method(), made.objective()).model());
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
                place("spec.checkpoints.to", uri),
                uri,
                recipe,
                spec.checkpoints().keep(),
                clock);
    }

    private Path place(String field, String uri) {
        return places.locate(field, uri);
    }

    private static Form form(FineTuneJobSpec spec, Method method) {
        return Optional.ofNullable(spec.output().form()).orElse(method.hasAdapter() ? Form.ADAPTER : Form.MERGED);
    }

    private static String version() {
        return Optional.ofNullable(FineTuning.class.getPackage().getImplementationVersion())
                .orElse("unreleased");
    }
}
