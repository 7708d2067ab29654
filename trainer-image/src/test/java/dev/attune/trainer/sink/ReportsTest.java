package dev.attune.trainer.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.FineTuneJobStatus.Metric;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.api.Output;
import dev.attune.protocol.Report;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.AlreadyDone;
import dev.attune.trainer.event.Event.Generated;
import dev.attune.trainer.event.Event.Interrupted;
import dev.attune.trainer.event.Event.Preparing;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Warned;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportsTest {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00.123Z");

    @Test
    void phasesFollowTheRun() {
        var phases = new ArrayList<Phase>();
        for (var reports : fold(1, Runs.succeeded())) {
            if (phases.isEmpty() || phases.get(phases.size() - 1) != reports.phase()) {
                phases.add(reports.phase());
            }
        }
        assertThat(phases)
                .containsExactly(
                        Phase.Preparing,
                        Phase.Training,
                        Phase.Evaluating,
                        Phase.Training,
                        Phase.Evaluating,
                        Phase.Training,
                        Phase.Evaluating,
                        Phase.Training,
                        Phase.Evaluating,
                        Phase.Succeeded);
    }

    @Test
    void eachReportIsNewerThanTheOneBefore() {
        Report before = null;
        for (var reports : new LinkedHashSet<>(fold(2, Runs.succeeded()))) {
            var report = reports.report();
            assertThat(report.newerThan(before == null ? null : before.progress()))
                    .isTrue();
            before = report;
        }
    }

    @Test
    void aTrainerThatTakesOverTheAttemptIsNewerFromItsFirstReportOn() {
        var before = last(2, Runs.succeeded()).report();
        var after = Reports.of(new Attempt(2, NOW.plusSeconds(10)))
                .after(new Preparing("loading"), NOW.plusSeconds(11))
                .report();
        assertThat(after.newerThan(before.progress())).isTrue();
        assertThat(before.newerThan(after.progress())).isFalse();
    }

    @Test
    void aStepIsToldWithSpeedAndTimeLeft() {
        var events = Runs.succeeded();
        var upTo240 = events.subList(0, events.indexOf(Runs.step(240)) + 1);
        var progress = last(1, upTo240).report().progress();
        assertThat(progress.attempt()).isEqualTo(1);
        assertThat(progress.step()).isEqualTo(240);
        assertThat(progress.totalSteps()).isEqualTo(600);
        assertThat(progress.steps()).isEqualTo("240/600");
        assertThat(progress.percent()).isEqualTo(40);
        assertThat(progress.epoch()).isEqualTo("1.2");
        assertThat(progress.tokens()).isEqualTo(480_000);
        assertThat(progress.tokensPerSecond()).isEqualTo(5_000);
        assertThat(progress.loss()).isEqualTo(Figures.decimal(Runs.step(240).loss()));
        assertThat(progress.learningRate()).isEqualTo("1.364e-4");
        assertThat(progress.eta()).isEqualTo("2m24s");
        assertThat(progress.updatedAt()).isEqualTo("2026-11-01T12:00:00Z");
    }

    @Test
    void theTimeLeftFollowsAChangeOfSpeed() {
        var reports = last(1, List.of(Runs.started(0, List.of())));
        for (var step = 1; step <= 100; step++) {
            var seconds = step <= 50 ? 1.0 : 2.0;
            reports = reports.after(new Stepped(step, 0, step * 100L, 2, 1e-4, 1, seconds), NOW);
        }
        assertThat(reports.pace().timeFor(1).toMillis()).isBetween(1_950L, 2_000L);
        assertThat(reports.report().progress().tokensPerSecond()).isBetween(50L, 52L);
    }

    @Test
    void metricsAreComparedWithThoseBeforeTheFirstStep() {
        var report = last(1, Runs.succeeded()).report();
        assertThat(report.metrics())
                .containsExactly(
                        new Metric("loss", "1.904", "2.45", 600), new Metric("perplexity", "6.711", "11.59", 600));
    }

    @Test
    void whatARunWillTakeIsToldAtOnceAsItMayBeTheLastThatIsHeard() {
        var events = Runs.succeeded();
        var before = last(1, events.subList(0, 2));
        var told = last(1, events.subList(0, 3));

        assertThat(told.moreThanAStepAfter(before)).isTrue();
        assertThat(told.report().estimate().peakMemory()).isEqualTo("1409Mi");
        assertThat(told.report().trainer()).as("nothing was started").isNull();
        assertThat(last(1, events).report().estimate()).isEqualTo(told.report().estimate());
    }

    @Test
    void aResumedRunKnowsWhatTheEarlierAttemptMeasured() {
        var events = Runs.resumed();
        var report = last(2, events.subList(0, 2)).report();
        assertThat(report.trainer().resumedFrom()).isEqualTo(400);
        assertThat(report.progress().steps()).isEqualTo("400/600");
        assertThat(report.progress().tokens()).isEqualTo(800_000);
        assertThat(report.progress().tokensPerSecond()).isNull();
        assertThat(report.metrics()).extracting(Metric::baseline).containsExactly("2.45", "11.59");
        assertThat(report.checkpoints()).containsExactly(Runs.checkpoint(200), Runs.checkpoint(400));

        var next = last(2, events.subList(0, 3)).report().progress();
        assertThat(next.steps()).isEqualTo("401/600");
        assertThat(next.tokensPerSecond()).isEqualTo(5_000);
    }

    @Test
    void theEndHoldsTheResultOrTheFailureAndNoTimeLeft() {
        var succeeded = last(1, Runs.succeeded()).report();
        assertThat(succeeded.phase()).isEqualTo(Phase.Succeeded);
        assertThat(succeeded.result().uri()).isEqualTo("pvc://models/support-tone");
        assertThat(succeeded.progress().eta()).isNull();
        assertThat(succeeded.progress().percent()).isEqualTo(100);

        var failed = last(1, Runs.failed("the loss is NaN")).report();
        assertThat(failed.phase()).isEqualTo(Phase.Failed);
        assertThat(failed.failure().message()).isEqualTo("the loss is NaN");
        assertThat(failed.progress().eta()).isNull();
        assertThat(failed.progress().step()).isEqualTo(250);
    }

    @Test
    void aRecipeThatIsDoneAlreadyHasSucceeded() {
        var result = new Result("pvc://models/tone", Output.Form.ADAPTER, "sha256:1");
        var report = last(2, List.of(new Preparing("loading"), new AlreadyDone(result)))
                .report();
        assertThat(report.phase()).isEqualTo(Phase.Succeeded);
        assertThat(report.result()).isEqualTo(result);
    }

    @Test
    void anInterruptedRunIsStillTraining() {
        var events = List.of(Runs.started(0, List.of()), Runs.step(1), new Interrupted(1));
        assertThat(last(1, events).report().phase()).isEqualTo(Phase.Training);
    }

    @Test
    void eventsThatNoReportHoldsMakeNone() {
        var reports = last(1, List.of(Runs.started(0, List.of())));
        assertThat(reports.after(new Warned("odd"), NOW)).isSameAs(reports);
        assertThat(reports.after(new Generated(0, "a", "b"), NOW)).isSameAs(reports);
    }

    private static Reports last(int attempt, List<? extends Event> events) {
        var all = fold(attempt, events);
        return all.get(all.size() - 1);
    }

    private static List<Reports> fold(int attempt, List<? extends Event> events) {
        var all = new ArrayList<Reports>();
        var reports = Reports.of(new Attempt(attempt, NOW));
        for (var event : events) {
            reports = reports.after(event, NOW);
            all.add(reports);
        }
        return all;
    }
}
