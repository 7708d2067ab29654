package dev.attune.trainer.job;

import dev.attune.api.FineTuneJobStatus.TrainerInfo;
import dev.attune.trainer.checkpoint.CheckpointStore;
import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.data.Order;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.train.Optimiser;
import dev.attune.trainer.train.Stepper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/** The steps of a run, and what is measured, saved and told between them. */
final class Loop {

    private static final int MOST_STEPS_IN_HISTORY = 10_000;

    private final Setup setup;
    private final Plan plan;
    private final Order order;
    private final CheckpointStore store;
    private final Sink sink;
    private final BooleanSupplier stop;
    private final Saving saving;
    private final List<Event> history = new ArrayList<>();
    private Stepped newest;
    private int step;
    private int savedStep = -1;
    private long tokens;

    /**
     * What is trained, on what.
     *
     * @param about the trainer and the model, but for where it resumes
     * @param examples to learn from
     * @param pad the token that fills a batch
     * @param companions what makes a checkpoint a folder to start another job from
     */
    record Setup(
            String job,
            TrainerInfo about,
            String modelClass,
            List<Example> examples,
            int pad,
            long seed,
            Adapted adapted,
            Companions companions,
            Optimiser optimiser,
            Stepper stepper,
            Judge judge) {}

    Loop(Setup setup, Plan plan, Order order, CheckpointStore store, Sink sink, BooleanSupplier stop) {
        this.setup = setup;
        this.plan = plan;
        this.order = order;
        this.store = store;
        this.sink = sink;
        this.stop = stop;
        this.saving = new Saving(sink);
    }

    /** Goes on from the newest checkpoint that is whole, to the last step; false: it was told to stop, and saved. */
    boolean run() {
        try (saving) {
            resume();
            tellStart();
            if (step == 0 && history.isEmpty()) {
                judge();
            }
            return steps();
        }
    }

    private boolean steps() {
        while (step < plan.totalSteps()) {
            if (stop.getAsBoolean()) {
                save();
                saving.finish();
                sink.accept(new Event.Interrupted(step));
                return false;
            }
            step();
            if (plan.evaluatesAfter(step)) {
                judge();
            }
            if (plan.savesAfter(step)) {
                save();
            }
        }
        return true;
    }

    private void resume() {
        store.newest(warning -> sink.accept(new Event.Warned(warning))).ifPresent(found -> {
            try {
                history.addAll(TrainingState.load(found.folder(), setup.adapted(), setup.optimiser()));
            } catch (IOException e) {
                throw TrainerFailure.unavailable(found.folder() + " can't be read: " + e.getMessage(), e);
            }
            step = found.step();
            savedStep = step;
            tokens = history.stream()
                    .mapToLong(event -> event instanceof Stepped stepped ? stepped.tokens() : 0)
                    .max()
                    .orElse(0);
        });
    }

    private void tellStart() {
        var about = setup.about();
        var trainer =
                new TrainerInfo(about.version(), about.device(), about.parameters(), about.trainableParameters(), step);
        sink.accept(new Event.Started(
                setup.job(),
                trainer,
                setup.modelClass(),
                plan.totalSteps(),
                order.epochs(plan.totalSteps()),
                List.copyOf(history)));
        if (step > 0) {
            sink.accept(new Event.Saved(step, store.kept()));
        }
    }

    /** Does a step; the steps behind one that converged would change nothing, and count as done. */
    private void step() {
        var began = System.nanoTime();
        var batches = Batch.of(setup.examples(), order.step(step), plan.microBatchSize(), setup.pad());
        var rate = plan.schedule().rate(step);
        var outcome = setup.stepper().step(batches, seeds(batches.size()), rate, saving::finish);
        var update = outcome.update().orElseThrow(() -> TrainerFailure.diverged(diverged(outcome)));
        tokens += batches.stream().mapToLong(Batch::tokens).sum();
        step = update.converged() ? plan.totalSteps() : step + 1;
        var seconds = (System.nanoTime() - began) / 1e9;
        var stepped = new Stepped(
                step, order.epochs(step), tokens, outcome.loss(), update.rate(), outcome.gradientNorm(), seconds);
        sink.accept(stepped);
        newest = stepped;
        if (step % (1 + plan.totalSteps() / MOST_STEPS_IN_HISTORY) == 0 || plan.savesAfter(step)) {
            history.add(stepped);
        }
    }

    private String diverged(Stepper.Outcome outcome) {
        var last = store.kept().stream().map(checkpoint -> checkpoint.uri()).reduce((a, b) -> b);
        return "step %d: loss %s, gradient norm %s: training diverged and the step was not made; %s. Lower"
                        .formatted(
                                step + 1,
                                outcome.loss(),
                                outcome.gradientNorm(),
                                last.map(uri -> "the last good checkpoint is " + uri)
                                        .orElse("there is no checkpoint yet"))
                + " spec.training.learningRate, or raise spec.training.warmup";
    }

    /** A function of seed, step and micro-batch, so that a resumed run draws what an uninterrupted one does. */
    private long[] seeds(int count) {
        return LongStream.range(0, count)
                .map(i -> setup.seed() * 1_000_003 + (long) step * 4_096 + i)
                .toArray();
    }

    private void judge() {
        if (setup.judge().measures()) {
            sink.accept(new Event.Evaluating(step));
            record(setup.judge().measure(step));
        }
        if (step == plan.totalSteps()) {
            setup.judge().write(step).forEach(this::record);
        }
    }

    private void record(Event event) {
        history.add(event);
        sink.accept(event);
    }

    /** Begins to save: what is trained stays as it is until {@link Stepper} has had the save finished. */
    private void save() {
        if (step == savedStep || step == 0) {
            return;
        }
        if (!history.contains(newest)) {
            history.add(newest);
        }
        var saved = step;
        var until = List.copyOf(history);
        saving.begin(() -> {
            store.save(
                    saved,
                    folder ->
                            TrainingState.save(folder, setup.adapted(), setup.companions(), setup.optimiser(), until));
            return new Event.Saved(saved, store.kept());
        });
        savedStep = step;
    }
}
