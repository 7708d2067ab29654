package dev.attune.trainer.cli;

import dev.attune.api.FineTuneJob;
import dev.attune.protocol.ExitCode;
import dev.attune.schema.Manifest;
import dev.attune.schema.ManifestSchema;
import dev.attune.schema.Manifests;
import dev.attune.schema.UnreadableManifestException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks manifests as the API server would, and says in which line what is wrong. */
@Command(
        name = "validate",
        description = "Checks manifests as the API server would, without a cluster.",
        footer = {
            "",
            "Exits with 0 if the API server would take every FineTuneJob, else with 64.",
            "Documents of other kinds are passed over."
        },
        mixinStandardHelpOptions = true)
final class Validate implements Callable<Integer> {

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            required = true,
            arity = "1..*",
            description = "A manifest in YAML or JSON, of one or more documents.")
    private List<Path> files;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        var schema = ManifestSchema.bundled();
        var valid = true;
        for (var file : files) {
            valid &= isValid(schema, file);
        }
        return (valid ? ExitCode.SUCCEEDED : ExitCode.INVALID).code();
    }

    private boolean isValid(ManifestSchema schema, Path file) {
        List<Manifest> manifests;
        try {
            manifests = Manifests.read(file);
        } catch (UnreadableManifestException e) {
            complain(e.getMessage());
            return false;
        }
        // A file may hold claims and config maps beside the job; one without a job is a mistake.
        var jobs = manifests.stream().filter(Validate::isOurs).toList();
        var valid = true;
        for (var manifest : jobs.isEmpty() ? manifests : jobs) {
            valid &= isValid(schema, manifest);
        }
        return valid;
    }

    private boolean isValid(ManifestSchema schema, Manifest manifest) {
        var checked = schema.check(manifest.content());
        checked.problems().stream()
                .sorted(Comparator.comparingInt(problem -> manifest.line(problem.path())))
                .forEach(problem ->
                        complain("%s:%d: %s".formatted(manifest.source(), manifest.line(problem.path()), problem)));
        if (checked.valid()) {
            command.commandLine().getOut().printf("%s: FineTuneJob %s is valid%n", manifest.source(), manifest.name());
        }
        return checked.valid();
    }

    private static boolean isOurs(Manifest manifest) {
        return manifest.apiVersion().startsWith(FineTuneJob.GROUP + "/")
                || manifest.kind().equals("FineTuneJob");
    }

    private void complain(String message) {
        command.commandLine().getErr().println(message);
    }
}
