package dev.attune.trainer.sink;

import dev.attune.protocol.Report;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Event.AlreadyDone;
import dev.attune.trainer.event.Event.Failed;
import dev.attune.trainer.event.Event.Interrupted;
import dev.attune.trainer.event.Event.Saved;
import dev.attune.trainer.event.Event.Succeeded;
import dev.attune.trainer.event.Sink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/**
 * Leaves the report in a file, from which the kubelet takes it into the pod's status when the container ends. It is
 * written at the end, and at each checkpoint for the trainer that is killed without a word.
 */
public final class TerminationMessageSink implements Sink {

    private final Path file;
    private final Clock clock;
    private Reports reports;

    /**
     * @param file mounted by the kubelet, so it is written in place
     */
    public TerminationMessageSink(Path file, Attempt attempt, Clock clock) {
        this.file = file;
        this.clock = clock;
        this.reports = Reports.of(attempt);
    }

    @Override
    public void accept(Event event) {
        reports = reports.after(event, clock.instant());
        if (event instanceof Saved
                || event instanceof Succeeded
                || event instanceof AlreadyDone
                || event instanceof Interrupted
                || event instanceof Failed) {
            try {
                Files.write(file, ReportJson.ofAtMost(Report.MAX_TERMINATION_BYTES, reports.report()));
            } catch (IOException e) {
                throw new UncheckedIOException("the termination message can't be written to " + file, e);
            }
        }
    }
}
