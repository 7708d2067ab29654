package dev.attune.trainer.job;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobSpec;
import dev.attune.api.Output.Form;
import dev.attune.api.Training;
import dev.attune.protocol.ExitCode;
import dev.attune.protocol.Report.Failure;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Order;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.method.Method.Optimisation;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.method.Trainable;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.ModelFolder.Reading;
import dev.attune.trainer.model.Precision;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.objective.Objectives;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.text.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** One run of a job, from its manifest to its result; whatever happens is told to the sink. */
public final class FineTuning {

    private static final int LEAST_TOKENS = 2;

    /** On how many a merged model is compared: without gradients, a few take little. */
    private static final int EXAMPLES_OF_A_MERGE = 4;

    private final FineTuneJob job;
    private final Places places;
    private final Sink sink;
    private final BooleanSupplier stop;
    private final Clock clock;
    private final Supplier<Hardware> hardware;

    /**
     * A run.
     *
     * @param job with its defaults filled in
     * @param stop asked between steps, and between the batches of features: whether to save and end
     * @param hardware asked where it decides
     */
    public FineTuning(
            FineTuneJob job, Places places, Sink sink, BooleanSupplier stop, Clock clock, Supplier<Hardware> hardware) {
        this.job = job;
        this.places = places;
        this.sink = sink;
        this.stop = stop;
        this.clock = clock;
        this.hardware = hardware;
    }

    /** Runs to an end, which is never an exception. */
    public ExitCode run() {
        try {
            return train();
        } catch (TrainerFailure e) {
            return failed(e);
        } catch (RuntimeException | OutOfMemoryError e) {
            if (Torch.ranOutOfMemory(e)) {
                var why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                return failed(TrainerFailure.outOfMemory(
                        "no memory was left: %s, lower spec.training.sequenceLength, or give the trainer more: %s"
                                .formatted(smaller(), why),
                        e));
            }
            LoggerFactory.getLogger(FineTuning.class).error("unexpected", e);
            sink.accept(new Event.Failed(new Failure("Unexpected", e.toString())));
            return ExitCode.UNEXPECTED;
        }
    }

    private String smaller() {
        return job.getSpec().training().microBatchSize().automatic()
                ? "write a number as spec.training.microBatchSize, for example 1"
                : "lower spec.training.microBatchSize";
    }

    private ExitCode failed(TrainerFailure failure) {
        sink.accept(new Event.Failed(new Failure(failure.reason(), failure.getMessage())));
        return failure.exit();
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
        var start = start(method, objective, Reading.MAPPED).toTrain();
        requireForm(form, method, start.model().architecture());
        Torch.sizeThreads(start.model().size());
        try (var tokenizer = Tokenizer.read(start.tokenizer())) {
            sink.accept(new Event.Preparing("reading data"));
            var fitting = objective.on(start.model().architecture(), tokenizer);
            var material = material(files, method, fitting, start, tokenizer);
            var output = places.locate("spec.output.to", spec.output().to());
            ResultFolder.requireApart(output, folders(start, method));
            var recipe = Recipe.digest(spec, folders(start, method), material.digests());
            var results = new ResultFolder(output, spec.output().to(), recipe);
            var done = results.existing(form);
            if (done.isPresent()) {
                sink.accept(new Event.AlreadyDone(done.get()));
                return ExitCode.SUCCEEDED;
            }
            return train(
                    new Ingredients(
                            method,
                            fitting,
                            start.in(precision()),
                            tokenizer,
                            material,
                            reading -> start(method, objective, reading).model()),
                    form,
                    results);
        }
    }

    /** What was asked for, or fp32 where that is faster and more exact. */
    private Precision precision() {
        if (job.getSpec().training().precision() == Training.Precision.FP32) {
            return Precision.FP32;
        }
        if (hardware.get().processor().fastBf16()) {
            return Precision.BF16;
        }
        sink.accept(new Event.Warned(
                "spec.training.precision: this processor has no amx_bf16 and multiplies bf16 slower than fp32: everything is"
                        + " computed in fp32"));
        return Precision.FP32;
    }

    private static List<Path> folders(StartingModel start, Method method) {
        return Stream.concat(start.folders().stream(), method.folders().stream())
                .toList();
    }

    static void requireForm(Form form, Method method, Architecture architecture) {
        if (form == Form.MERGED) {
            method.unmergeable(architecture).ifPresent(why -> {
                throw TrainerFailure.invalidManifest(
                        "spec.output.form: merged can't be had, as %s: write adapter, or leave it out".formatted(why));
            });
        }
    }

    private StartingModel start(Method method, Objective objective, Reading reading) {
        var from = job.getSpec().model().from();
        var seed = job.getSpec().training().seed();
        return method.needsWeights()
                ? StartingModel.load(places, from, objective.task(), seed, method.quantization(), reading)
                : StartingModel.loadOrDraw(places, from, objective.task(), seed, reading);
    }

    private Material material(
            Material.Files files, Method method, Objective objective, StartingModel start, Tokenizer tokenizer) {
        var architecture = start.model().architecture();
        var length = Math.min(job.getSpec().training().sequenceLength(), room(method, architecture.maxLength()));
        var material =
                Material.read(job.getSpec(), files, some -> objective.examples(some, architecture, tokenizer, length));
        material.requireWithin(architecture.vocabulary(), tokenizer.folder(), objective.task());
        material.notes().forEach(note -> sink.accept(new Event.Warned(note)));
        sink.accept(new Event.DataRead(
                material.train().size(), material.evaluation().size(), material.tokens()));
        return material;
    }

    static int room(Method method, int maxLength) {
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
        var examples = made.material().train().size();
        var wholly = made.method().optimisation() == Optimisation.LBFGS;
        var order = new Order(examples, wholly ? examples : training.batchSize(), training.seed());
        var said = Plan.of(spec, order, made.method());
        var forecast = forecast(made, order.epochs(said.totalSteps()));
        forecast.map(Forecast::told).map(Event.Estimated::new).ifPresent(sink::accept);
        forecast.flatMap(Forecast::warning).ifPresent(why -> sink.accept(new Event.Warned(why)));
        var adapted = made.method().adapt(start.model(), training.seed());
        start.model().freeze(adapted.trainables().stream().map(Trainable::array).toList());
        var plan =
                said.automatic() ? forecast.map(Forecast::atOnce).map(said::by).orElse(said) : said;
        var loop = new Assembly(job, places, sink, stop, clock, forecast).loop(made, adapted, plan, order, results);
        if (loop.isEmpty()) {
            sink.accept(new Event.Interrupted(0));
        }
        if (!loop.map(Loop::run).orElse(false)) {
            return ExitCode.INTERRUPTED;
        }
        sink.accept(new Event.Writing(results.uri()));
        var merge = form == Form.MERGED ? Optional.of(merge(made, adapted)) : Optional.<Merge>empty();
        var result = results.write(made.companions(), adapted, merge, plan.totalSteps());
        sink.accept(new Event.Succeeded(result));
        return ExitCode.SUCCEEDED;
    }

    private Optional<Forecast> forecast(Ingredients made, double passes) {
        return hardware.get().room().map(room -> Forecast.of(Appraisal.of(job, places, made, passes, room), room));
    }

    private Merge merge(Ingredients made, Adapted adapted) {
        var material = made.material();
        var examples = material.evaluation().isEmpty() ? material.train() : material.evaluation();
        var some = examples.subList(0, Math.min(EXAMPLES_OF_A_MERGE, examples.size()));
        var sample = made.objective()
                .drawn(Batch.inOrder(some, some.size(), made.tokenizer().pad()).get(0), 0);
        var exact = made.exact(adapted, job.getSpec().training().seed());
        var merge = Merge.of(made.start().model().architecture(), exact, made.objective(), sample);
        if (made.method().hasAdapter()) {
            sink.accept(new Event.Merged(merge.difference()));
        }
        return merge;
    }

    static Form form(FineTuneJobSpec spec, Method method) {
        return Optional.ofNullable(spec.output().form()).orElse(method.hasAdapter() ? Form.ADAPTER : Form.MERGED);
    }
}
