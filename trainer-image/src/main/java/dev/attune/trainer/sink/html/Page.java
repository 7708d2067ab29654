package dev.attune.trainer.sink.html;

import dev.attune.trainer.event.Event.Failed;
import dev.attune.trainer.event.Event.Interrupted;
import dev.attune.trainer.event.Event.Stepped;
import dev.attune.trainer.event.Event.Succeeded;
import dev.attune.trainer.sink.Change;
import dev.attune.trainer.sink.Figures;
import dev.attune.trainer.sink.History;
import dev.attune.trainer.sink.card.Recipe;
import io.quarkus.qute.Engine;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.RawString;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.Template;
import io.quarkus.qute.Variant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report of a run, as HTML. */
final class Page {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final RawString CSS = new RawString(resource("report.css"));
    private static final Template TEMPLATE = Engine.builder()
            .addDefaults()
            .addValueResolver(new ReflectionValueResolver())
            .addResultMapper(new HtmlEscaper(List.of(Variant.TEXT_HTML)))
            .build()
            .parse(resource("report.html"), Variant.forContentType(Variant.TEXT_HTML));

    private Page() {}

    /** A fact and its name. */
    record Fact(String name, String value) {}

    /** How a run stands: a word for people and one for the style sheet. */
    record Standing(String word, String kind, String message) {}

    /** A metric's row; all numbers are formatted. */
    record Row(String name, String before, String after, String difference, String verdict) {}

    /** A step's row of the evaluations, with a value for each metric. */
    record Measurement(String step, List<String> values) {}

    static String of(History history, Recipe recipe, Instant now) {
        var changes = history.changes();
        var metricNames =
                changes.metrics().stream().map(change -> change.name()).toList();
        return TEMPLATE.data("css", CSS)
                .data("job", history.started().map(started -> started.job()).orElse("fine-tuning"))
                .data("standing", standing(history))
                .data("time", TIME.format(now))
                .data("recipe", recipe)
                .data("warnings", history.warnings())
                .data("highlights", highlights(history))
                .data(
                        "charts",
                        Chart.drawable(history)
                                ? Map.of("wide", Chart.of(history, 820, 460), "narrow", Chart.of(history, 380, 420))
                                : Map.of())
                .data("metrics", changes.metrics().stream().map(Page::row).toList())
                .data("metricNames", metricNames)
                .data(
                        "evaluations",
                        history.evaluations().stream()
                                .map(evaluated -> new Measurement(
                                        Figures.grouped(evaluated.step()),
                                        metricNames.stream()
                                                .map(name -> evaluated.metrics().containsKey(name)
                                                        ? Figures.aligned(evaluated
                                                                .metrics()
                                                                .get(name))
                                                        : "")
                                                .toList()))
                                .toList())
                .data("samples", changes.samples())
                .data("facts", facts(history, recipe))
                .data("checkpoints", history.checkpoints())
                .render();
    }

    private static Standing standing(History history) {
        var step = history.lastStep().map(Stepped::step).orElse(0);
        var end = history.end().orElse(null);
        if (end instanceof Succeeded) {
            return new Standing("Succeeded", "good", "");
        }
        if (end instanceof Failed failed) {
            return new Standing(
                    "Failed",
                    "bad",
                    failed.failure().reason() + ": " + failed.failure().message());
        }
        if (end instanceof Interrupted interrupted) {
            return new Standing(
                    "Stopped",
                    "odd",
                    "The run was told to stop. Step %s is saved; the next run goes on from it."
                            .formatted(Figures.grouped(interrupted.step())));
        }
        var total = history.started().map(started -> started.totalSteps()).orElse(0);
        return new Standing(total == 0 ? "Preparing" : "Training, %d%%".formatted(100L * step / total), "running", "");
    }

    private static List<Fact> highlights(History history) {
        var facts = new ArrayList<Fact>();
        var last = history.lastStep();
        history.started()
                .ifPresent(started -> facts.add(new Fact(
                        "steps",
                        Figures.grouped(last.map(Stepped::step).orElse(0)) + " of "
                                + Figures.grouped(started.totalSteps()))));
        last.ifPresent(step -> {
            facts.add(
                    new Fact("time in steps", Figures.duration(Duration.ofMillis((long) (1000 * history.seconds())))));
            facts.add(new Fact("tokens", Figures.magnitude(step.tokens())));
            facts.add(new Fact("tokens a second", Figures.grouped(Math.round(step.tokens() / history.seconds()))));
            facts.add(new Fact("training loss", Figures.aligned(step.loss())));
        });
        return facts;
    }

    private static List<Fact> facts(History history, Recipe recipe) {
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("model", recipe.model()));
        facts.add(new Fact("objective", recipe.objective()));
        facts.add(new Fact("method", recipe.method() + (recipe.settings().isEmpty() ? "" : ": " + recipe.settings())));
        facts.add(new Fact("trained on", String.join("\n", recipe.trainedOn())));
        if (!recipe.evaluatedOn().isEmpty()) {
            facts.add(new Fact("evaluated on", recipe.evaluatedOn()));
        }
        history.data()
                .ifPresent(data -> facts.add(new Fact(
                        "data",
                        "%s training examples (%s tokens), %s evaluation examples"
                                .formatted(
                                        Figures.grouped(data.examples()),
                                        Figures.magnitude(data.tokens()),
                                        Figures.grouped(data.evaluationExamples())))));
        history.started().ifPresent(started -> {
            var trainer = started.trainer();
            facts.add(new Fact(
                    "parameters",
                    String.format(
                            Locale.ROOT,
                            "%s, of which %s trained (%.2f%%)",
                            Figures.magnitude(trainer.parameters()),
                            Figures.magnitude(trainer.trainableParameters()),
                            100.0 * trainer.trainableParameters() / trainer.parameters())));
            facts.add(new Fact(
                    "length",
                    Figures.grouped(started.totalSteps()) + " steps, " + Figures.decimal(started.totalEpochs())
                            + " epochs"));
            if (trainer.resumedFrom() != null && trainer.resumedFrom() > 0) {
                facts.add(new Fact("went on from", "step " + Figures.grouped(trainer.resumedFrom())));
            }
            facts.add(new Fact("computed on", trainer.device()));
            facts.add(new Fact("trainer", "Attune " + trainer.version()));
        });
        if (history.end().orElse(null) instanceof Succeeded succeeded) {
            var result = succeeded.result();
            facts.add(new Fact("result", result.uri()));
            facts.add(new Fact("form", result.form().name().toLowerCase(Locale.ROOT)));
            facts.add(new Fact("digest", result.digest()));
            history.merged()
                    .ifPresent(merged -> facts.add(new Fact(
                            "merged",
                            "outputs before and after differ by %s at most"
                                    .formatted(Figures.decimal(merged.difference())))));
        }
        return facts;
    }

    private static Row row(Change change) {
        var compared = change.before() != null;
        return new Row(
                change.name(),
                compared ? Figures.aligned(change.before()) : "",
                Figures.aligned(change.after()),
                compared ? Figures.difference(change.difference()) : "",
                change.better() ? "good" : compared && change.difference() != 0 ? "bad" : "");
    }

    private static String resource(String name) {
        try (var in = Page.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
