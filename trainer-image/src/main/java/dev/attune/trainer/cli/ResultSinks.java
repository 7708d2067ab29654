package dev.attune.trainer.cli;

import dev.attune.api.FineTuneJob;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.sink.TrainerStateSink;
import dev.attune.trainer.sink.card.ModelCardSink;
import dev.attune.trainer.sink.card.Recipe;
import dev.attune.trainer.sink.html.HtmlReportSink;
import dev.attune.trainer.sink.tensorboard.TensorBoardSink;
import java.time.Clock;
import java.util.List;

/** What is written beside the result while a job runs, for people. */
final class ResultSinks {

    private ResultSinks() {}

    static List<Sink> of(FineTuneJob job, Places places) {
        var folder = places.locate("spec.output.to", job.getSpec().output().to());
        var clock = Clock.systemUTC();
        var recipe = Recipe.of(job.getSpec());
        return List.of(
                new TensorBoardSink(folder.resolve("runs"), clock),
                new HtmlReportSink(folder.resolve("report.html"), recipe, clock),
                new TrainerStateSink(folder.resolve("trainer_state.json")),
                new ModelCardSink(folder.resolve("README.md"), recipe));
    }
}
