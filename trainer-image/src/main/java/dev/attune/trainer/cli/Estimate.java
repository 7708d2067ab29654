package dev.attune.trainer.cli;

import dev.attune.api.FineTuneJob;
import dev.attune.protocol.ExitCode;
import dev.attune.trainer.estimate.Choice;
import dev.attune.trainer.estimate.Room;
import dev.attune.trainer.estimate.Speed;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.job.Appraisal;
import dev.attune.trainer.tensor.Processor;
import dev.attune.trainer.tensor.Torch;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code attune estimate}: what a job will take, and what to change where that is too much. */
@Command(
        name = "estimate",
        description = "Tells what a FineTuneJob will take, and what to change where it doesn't fit.",
        footer = {
            "",
            "Reads the model's configuration and its files' headers, no weights, and multiplies matrices for a second.",
            "Exits with 0 if the job fits, with 3 if it doesn't, with 64 if it can't be run at all."
        },
        mixinStandardHelpOptions = true)
final class Estimate implements Callable<Integer> {

    private static final Duration CALIBRATION = Duration.ofSeconds(1);
    private static final long MOST_ROWS = 2048;

    @Option(names = "-f", required = true, paramLabel = "FILE", description = "The job's manifest.")
    private Path file;

    @Mixin
    private PlaceOptions where;

    @Option(names = "--json", description = "Print the figures as JSON, sizes in bytes.")
    private boolean json;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        try {
            var places = where.beside(file);
            var job = JobFile.read(file, new FinishedJobs(places)::resolve);
            var room = room(job);
            var choice = Appraisal.of(job, places, Processor.here(), room);
            var table = new EstimateTable(job, choice, room, speed(choice));
            command.commandLine().getOut().println(json ? table.json() : table.text());
            command.commandLine().getOut().flush();
            return (table.fits() ? ExitCode.SUCCEEDED : ExitCode.OUT_OF_MEMORY).code();
        } catch (TrainerFailure e) {
            command.commandLine().getErr().println(e.getMessage());
            return e.exit().code();
        }
    }

    private static double speed(Choice choice) {
        var workload = choice.workload();
        Torch.sizeThreads(workload.weights().parameters());
        var states = workload.batch().atOnce() * (long) workload.batch().length();
        return Speed.measured(Math.min(MOST_ROWS, states), choice.outline().products(), CALIBRATION);
    }

    private static Room room(FineTuneJob job) {
        return Optional.ofNullable(job.getSpec().trainer().resources())
                .map(resources -> resources.limits())
                .map(limits -> limits.get("memory"))
                .map(Estimate::limit)
                .orElseGet(Room::here);
    }

    private static Room limit(Quantity memory) {
        return new Room(Quantity.getAmountInBytes(memory).longValue(), "spec.trainer.resources.limits.memory");
    }
}
