package dev.attune.trainer.sink;

import dev.attune.api.FineTuneJobStatus.TrainerInfo;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.AlreadyDone;
import dev.attune.trainer.event.Event.DataRead;
import dev.attune.trainer.event.Event.Estimated;
import dev.attune.trainer.event.Event.Evaluated;
import dev.attune.trainer.event.Event.Evaluating;
import dev.attune.trainer.event.Event.Failed;
import dev.attune.trainer.event.Event.Interrupted;
import dev.attune.trainer.event.Event.Merged;
import dev.attune.trainer.event.Event.Preparing;
import dev.attune.trainer.event.Event.Saved;
import dev.attune.trainer.event.Event.Started;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Succeeded;
import dev.attune.trainer.event.Event.Warned;
import dev.attune.trainer.event.Event.Writing;
import dev.attune.trainer.event.Sink;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Tells a run to whoever looks on. On a terminal the step is a line rewritten in place; elsewhere, as in a pod's log, a
 * line is printed for the first and the last step, each tenth of the run, and every half minute.
 */
public final class TerminalSink implements Sink {

    private static final Duration BETWEEN_FRAMES = Duration.ofMillis(100);
    private static final Duration BETWEEN_LINES_AT_LEAST = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LINES_AT_MOST = Duration.ofSeconds(30);

    private final Screen screen;
    private final Clock clock;
    private final BeforeAndAfter changes = new BeforeAndAfter();

    private Started run;
    private Instant began;
    private Pace pace = Pace.UNKNOWN;
    private Stepped last;
    private Instant shownAt;
    private int shownStep;

    public TerminalSink(Screen screen, Clock clock) {
        this.screen = screen;
        this.clock = clock;
    }

    @Override
    public void accept(Event event) {
        changes.add(event);
        if (event instanceof Preparing preparing) {
            screen.line(screen.dim("· " + preparing.what()));
        } else if (event instanceof DataRead data) {
            screen.line(screen.dim("· %s training examples (%s tokens), %s evaluation examples"
                    .formatted(
                            Figures.grouped(data.examples()),
                            Figures.magnitude(data.tokens()),
                            Figures.grouped(data.evaluationExamples()))));
        } else if (event instanceof Estimated told) {
            screen.line(screen.dim("· %s of memory by estimate, of %s"
                    .formatted(told.estimate().peakMemory(), told.estimate().memory())));
        } else if (event instanceof Started started) {
            started(started);
        } else if (event instanceof Stepped step) {
            stepped(step);
        } else if (event instanceof Evaluating evaluating) {
            screen.live(screen.dim("  evaluating after step " + evaluating.step() + " …"));
        } else if (event instanceof Evaluated evaluated) {
            screen.line(screen.cyan("◆") + " step " + padded(evaluated.step()) + "  " + metrics(evaluated));
        } else if (event instanceof Saved saved && !saved.kept().isEmpty()) {
            var newest = saved.kept().get(saved.kept().size() - 1);
            screen.line(screen.green("✓") + " step " + padded(saved.step()) + "  saved "
                    + screen.dim("%s  %s".formatted(newest.uri(), newest.size())));
        } else if (event instanceof Warned warned) {
            screen.line(screen.yellow("! " + warned.message()));
        } else if (event instanceof Writing writing) {
            screen.live(screen.dim("  writing " + writing.uri() + " …"));
        } else if (event instanceof Merged merged) {
            screen.line(screen.green("✓") + " merged  "
                    + screen.dim("outputs before and after differ by %s at most"
                            .formatted(Figures.decimal(merged.difference()))));
        } else if (event instanceof Succeeded succeeded) {
            succeeded(succeeded);
        } else if (event instanceof AlreadyDone done) {
            screen.line(screen.green("✓") + screen.bold(" nothing to do: ")
                    + done.result().uri()
                    + " holds the result of this very recipe; change the recipe, or delete it, to train anew");
        } else if (event instanceof Interrupted interrupted) {
            screen.line(screen.yellow(
                    "■ stopped; step %d is saved, and the next run goes on from it".formatted(interrupted.step())));
        } else if (event instanceof Failed failed) {
            screen.line(screen.red("✗ " + failed.failure().reason() + ": ")
                    + failed.failure().message());
        }
    }

    @Override
    public void close() {
        screen.clear();
    }

    private void started(Started started) {
        run = started;
        began = clock.instant();
        shownAt = Instant.MIN;
        for (var earlier : started.history()) {
            if (earlier instanceof Stepped step) {
                pace = pace.after(step);
            }
        }
        pace = pace.ofNewAttempt();
        var trainer = started.trainer();
        screen.line("%s  %s"
                .formatted(
                        screen.bold(started.job()),
                        screen.dim("attune %s on %s".formatted(trainer.version(), trainer.device()))));
        screen.line("  %s parameters, %s trained".formatted(Figures.magnitude(trainer.parameters()), trained(trainer)));
        screen.line("  %s steps, %s epochs%s"
                .formatted(
                        Figures.grouped(started.totalSteps()),
                        Figures.decimal(started.totalEpochs()),
                        resumedFrom() > 0 ? ", going on from step " + resumedFrom() : ""));
    }

    private static String trained(TrainerInfo trainer) {
        return trainer.trainableParameters().equals(trainer.parameters())
                ? "all of them"
                : String.format(
                        Locale.ROOT,
                        "%s of them (%.2f%%)",
                        Figures.magnitude(trainer.trainableParameters()),
                        100.0 * trainer.trainableParameters() / trainer.parameters());
    }

    private int resumedFrom() {
        return run.trainer().resumedFrom() == null ? 0 : run.trainer().resumedFrom();
    }

    private void stepped(Stepped step) {
        last = step;
        pace = pace.after(step);
        if (!due(step)) {
            return;
        }
        shownAt = clock.instant();
        shownStep = step.step();
        if (screen.live()) {
            screen.live("  %s/%d %s %s".formatted(padded(step.step()), run.totalSteps(), bar(step), facts(step)));
        } else {
            screen.line("  step %s/%d %s".formatted(padded(step.step()), run.totalSteps(), facts(step)));
        }
    }

    private boolean due(Stepped step) {
        if (step.step() == run.totalSteps() || shownAt.equals(Instant.MIN)) {
            return true;
        }
        var since = Duration.between(shownAt, clock.instant());
        if (screen.live()) {
            return since.compareTo(BETWEEN_FRAMES) >= 0;
        }
        var nextTenth = 10L * step.step() / run.totalSteps() > 10L * shownStep / run.totalSteps();
        return since.compareTo(BETWEEN_LINES_AT_MOST) >= 0
                || (nextTenth && since.compareTo(BETWEEN_LINES_AT_LEAST) >= 0);
    }

    private String bar(Stepped step) {
        var width = 16;
        var done = (int) ((long) width * step.step() / run.totalSteps());
        return screen.green("━".repeat(done))
                + screen.dim("─".repeat(width - done))
                + "%4d%%".formatted(100L * step.step() / run.totalSteps());
    }

    private String facts(Stepped step) {
        var left = run.totalSteps() - step.step();
        return " loss %s  lr %-6s  %s tok/s%s"
                .formatted(
                        screen.bold(String.format(Locale.ROOT, "%.4f", step.loss())),
                        Figures.rate(step.learningRate()),
                        pace.known() ? Figures.grouped(pace.tokensPerSecond()) : "?",
                        left == 0 ? "" : screen.dim("  " + Figures.duration(pace.timeFor(left)) + " left"));
    }

    private String padded(int step) {
        var width = run == null ? 1 : Integer.toString(run.totalSteps()).length();
        return String.format(Locale.ROOT, "%" + width + "d", step);
    }

    private String metrics(Evaluated evaluated) {
        return changes.metrics().stream()
                .filter(change -> evaluated.metrics().containsKey(change.name()))
                .map(change -> change.name() + " " + screen.bold(Figures.aligned(change.after()))
                        + (evaluated.step() == 0 || change.before() == null ? "" : " (" + difference(change) + ")"))
                .collect(Collectors.joining("  "));
    }

    private String difference(Change change) {
        var text = Figures.difference(change.difference());
        return change.better() ? screen.green(text) : change.difference() == 0 ? text : screen.red(text);
    }

    private void succeeded(Succeeded succeeded) {
        var took = Figures.duration(Duration.between(began, clock.instant()));
        var extent = last == null
                ? ""
                : screen.dim("  %s steps, %s tokens"
                        .formatted(Figures.grouped(last.step()), Figures.grouped(last.tokens())));
        screen.line(screen.green("✓") + screen.bold(" done in " + took) + extent);
        new Summary(screen).print(changes, succeeded.result());
    }
}
