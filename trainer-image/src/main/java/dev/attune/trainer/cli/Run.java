package dev.attune.trainer.cli;

import dev.attune.api.FineTuneJob;
import dev.attune.protocol.ExitCode;
import dev.attune.trainer.event.Sink;
import dev.attune.trainer.sink.EventFileSink;
import dev.attune.trainer.sink.Screen;
import dev.attune.trainer.sink.TerminalSink;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code attune run}: the same manifest that kubectl applies, on this machine. */
@Command(
        name = "run",
        description = "Runs a FineTuneJob on this machine. Ctrl-C saves a checkpoint; the next run goes on from there.",
        mixinStandardHelpOptions = true)
final class Run implements Callable<Integer> {

    @Option(names = "-f", required = true, paramLabel = "FILE", description = "The job's manifest.")
    private Path file;

    @Mixin
    private PlaceOptions where;

    @Option(
            names = "--events",
            paramLabel = "FILE",
            description = "Also append all that happens to FILE, a line of JSON each.")
    private Path events;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        var places = where.beside(file);
        var finished = new FinishedJobs(places);
        var sinks = new ArrayList<Sink>();
        sinks.add(new TerminalSink(Screen.standardOutput(System.getenv()), Clock.systemUTC()));
        if (events != null) {
            sinks.add(eventFile());
        }
        var job = new FineTuneJob[1];
        var exit = Session.run(() -> job[0] = JobFile.read(file, finished::resolve), places, sinks);
        if (exit == ExitCode.SUCCEEDED.code()) {
            finished.remember(job[0]);
        }
        return exit;
    }

    private Sink eventFile() {
        try {
            return new EventFileSink(events);
        } catch (UncheckedIOException e) {
            throw new ParameterException(
                    command.commandLine(),
                    "--events: %s (%s); name a file that can be written".formatted(e.getMessage(), e.getCause()));
        }
    }
}
