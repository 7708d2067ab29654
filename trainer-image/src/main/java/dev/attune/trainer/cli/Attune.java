package dev.attune.trainer.cli;

import dev.attune.protocol.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The root command. */
@Command(
        name = "attune",
        description = "Turns foundation models into specialists.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {Run.class, Validate.class, Estimate.class, Logits.class, Pod.class},
        synopsisSubcommandLabel = "COMMAND")
public final class Attune {

    private Attune() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Attune())
                .setExitCodeExceptionMapper(e -> ExitCode.UNEXPECTED.code())
                .setParameterExceptionHandler((e, arguments) -> {
                    var err = e.getCommandLine().getErr();
                    err.println(e.getMessage());
                    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
                    err.println("See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
                    return ExitCode.INVALID.code();
                });
    }
}
