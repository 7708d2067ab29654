package dev.attune.trainer.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code attune} command. */
@Command(
        name = "attune",
        description = "Fine-tunes models from the manifests that the Attune operator takes.",
        subcommands = Validate.class,
        mixinStandardHelpOptions = true)
public final class Attune {

    private Attune() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Attune());
    }
}
