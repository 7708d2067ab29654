package dev.attune.trainer.job;

import dev.attune.api.FineTuneJob;
import dev.attune.api.Output.Form;
import dev.attune.api.Training;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.estimate.Choice;
import dev.attune.trainer.estimate.Moments;
import dev.attune.trainer.estimate.Outline;
import dev.attune.trainer.estimate.Room;
import dev.attune.trainer.feature.Bottom;
import dev.attune.trainer.method.Method;
import dev.attune.trainer.method.Method.Optimisation;
import dev.attune.trainer.method.Methods;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.model.Precision;
import dev.attune.trainer.objective.Objective;
import dev.attune.trainer.objective.Objectives;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.tensor.Processor;
import dev.attune.trainer.text.Tokenizer;
import java.nio.file.Path;
import java.util.function.Function;

/** What a job would come to, told from its manifest and from its files' headers; it refuses what a run would refuse by them. */
public final class Appraisal {

    private final FineTuneJob job;
    private final Room room;
    private final Function<String, Path> adapters;

    private Appraisal(FineTuneJob job, Places places, Room room) {
        this.job = job;
        this.room = room;
        this.adapters = uri -> places.existing("spec.method.lora.initialFrom", uri);
    }

    /**
     * Looks at a job.
     *
     * @param job with its defaults filled in
     * @param room which an automatic micro-batch has to fit
     * @throws dev.attune.trainer.failure.TrainerFailure when it can't be run
     */
    public static Choice of(FineTuneJob job, Places places, Processor processor, Room room) {
        return new Appraisal(job, places, room).choice(places, processor);
    }

    private Choice choice(Places places, Processor processor) {
        var spec = job.getSpec();
        var from = spec.model().from();
        var method = method(spec.method());
        var files = Material.Files.of(spec.data(), places);
        var objective = Objectives.of(spec.objective(), files.train(), StartingModel.task(places, from));
        var shapes = StartingShapes.of(places, from, objective.task(), method);
        var architecture = shapes.architecture();
        FineTuning.requireForm(FineTuning.form(spec, method), method, architecture);
        try (var tokenizer = Tokenizer.read(shapes.tokenizer())) {
            objective.on(architecture, tokenizer);
        }
        var length = Math.min(spec.training().sequenceLength(), FineTuning.room(method, architecture.maxLength()));
        var half = spec.training().precision() == Training.Precision.BF16 && processor.fastBf16();
        return choice(
                outline(shapes.config(), architecture, method, objective, Outline.Texts.UNREAD, shapes.tokenizer()),
                method,
                length,
                half);
    }

    /**
     * Looks at a job whose model and texts were read; these may be shorter than the manifest allows.
     *
     * @param passes over the texts
     */
    static Choice of(FineTuneJob job, Places places, Ingredients made, double passes, Room room) {
        var model = made.start().model();
        var longest = made.material().train().stream().mapToInt(Example::length).max();
        var appraisal = new Appraisal(job, places, room);
        return appraisal.choice(
                appraisal.outline(
                        model.config(),
                        model.architecture(),
                        made.method(),
                        made.objective(),
                        texts(made, passes),
                        made.tokenizer().folder()),
                made.method(),
                longest.orElse(0),
                model.precision() == Precision.BF16);
    }

    private static Outline.Texts texts(Ingredients made, double passes) {
        var tokens = made.material().allTokens();
        var pays = Bottom.pays(made.start().model().architecture(), made.objective(), passes, tokens);
        return new Outline.Texts(made.material().both().count(), pays ? tokens : 0);
    }

    private Outline outline(
            Config config,
            Architecture architecture,
            Method method,
            Objective objective,
            Outline.Texts texts,
            Path tokenizer) {
        return new Outline(
                config.text("model_type", ""),
                architecture,
                objective.task(),
                objective.writes(),
                FineTuning.form(job.getSpec(), method) == Form.MERGED ? Merge.ROWS : 0,
                texts,
                tokenizer.resolve(Tokenizer.FILE).toFile().length());
    }

    private Choice choice(Outline outline, Method method, int length, boolean half) {
        var others = Alternatives.to(job.getSpec().method(), this::method);
        var choice = new Choice(outline, method, training(method, length, half), others);
        return job.getSpec().training().microBatchSize().automatic() ? choice.within(room.planned()) : choice;
    }

    private Outline.Training training(Method method, int length, boolean half) {
        var training = job.getSpec().training();
        var checkpointing = training.gradientCheckpointing() && method.optimisation() == Optimisation.ADAMW;
        return new Outline.Training(
                training.batchSize(),
                Plan.microBatchSize(training),
                length,
                checkpointing,
                half,
                moments(method, training));
    }

    /** What the optimiser of a run remembers. */
    static Moments moments(Method method, Training training) {
        if (method.optimisation() == Optimisation.LBFGS) {
            return Moments.LBFGS;
        }
        return switch (training.optimizer()) {
            case ADAMW -> Moments.ADAMW;
            case ADAMW8BIT -> Moments.ADAMW8BIT;
        };
    }

    private Method method(dev.attune.api.Method spec) {
        return Methods.of(spec, adapters);
    }
}
