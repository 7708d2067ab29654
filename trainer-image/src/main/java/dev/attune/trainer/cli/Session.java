package dev.attune.trainer.cli;

import dev.attune.api.FineTuneJob;
import dev.attune.protocol.Report.Failure;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.job.FineTuning;
import dev.attune.trainer.job.Hardware;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.sink.Sinks;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/** One run with its sinks, which hear of everything, a manifest that can't be read included. */
final class Session {

    private Session() {}

    /**
     * Reads a job and runs it.
     *
     * @param outputs where to tell of the run
     * @return the process's exit code
     */
    static int run(Supplier<FineTuneJob> reading, Places places, List<Sink> outputs) {
        Natives.loadMeanwhile();
        var stop = StopSignal.onTermination();
        try (var sinks = new Sinks(outputs)) {
            try {
                var job = reading.get();
                ResultSinks.of(job, places).forEach(sinks::add);
                return new FineTuning(job, places, sinks, stop, Clock.systemUTC(), Hardware::here)
                        .run()
                        .code();
            } catch (TrainerFailure e) {
                sinks.accept(new Event.Failed(new Failure(e.reason(), e.getMessage())));
                return e.exit().code();
            }
        } finally {
            stop.runHasEnded();
        }
    }
}
