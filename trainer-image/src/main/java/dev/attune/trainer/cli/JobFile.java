package dev.attune.trainer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.FineTuneJob;
import dev.attune.schema.Manifest;
import dev.attune.schema.ManifestSchema;
import dev.attune.schema.Manifests;
import dev.attune.schema.UnreadableManifestException;
import dev.attune.trainer.failure.TrainerFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The one FineTuneJob of a manifest's file, checked and with its defaults; what else the file holds is passed over. */
final class JobFile {

    private JobFile() {}

    /**
     * Reads the job.
     *
     * @param resolved what to make of the places that may be another job's result, as where a {@code job://} lies on this machine
     */
    static FineTuneJob read(Path file, UnaryOperator<String> resolved) {
        if (!Files.isRegularFile(file)) {
            throw TrainerFailure.invalidManifest(file + " does not exist: name the file of a FineTuneJob");
        }
        try {
            var jobs = Manifests.read(file).stream()
                    .filter(manifest -> manifest.kind().equals("FineTuneJob"))
                    .toList();
            if (jobs.size() != 1) {
                throw TrainerFailure.invalidManifest(
                        "%s holds %d FineTuneJobs; one is needed".formatted(file, jobs.size()));
            }
            return checked(jobs.get(0), resolved);
        } catch (UnreadableManifestException e) {
            throw TrainerFailure.invalidManifest(e.getMessage());
        }
    }

    private static FineTuneJob checked(Manifest manifest, UnaryOperator<String> resolved) {
        resolve(manifest.content().at("/spec/model"), "from", resolved);
        resolve(manifest.content().at("/spec/method/lora"), "initialFrom", resolved);
        var checked = ManifestSchema.bundled().check(manifest.content());
        if (!checked.valid()) {
            throw TrainerFailure.invalidManifest(checked.problems().stream()
                    .map(problem -> "%s:%d: %s".formatted(manifest.source(), manifest.line(problem.path()), problem))
                    .collect(Collectors.joining("\n")));
        }
        return checked.job();
    }

    private static void resolve(JsonNode parent, String field, UnaryOperator<String> resolved) {
        if (parent instanceof ObjectNode object && object.path(field).isTextual()) {
            object.put(field, resolved.apply(object.get(field).asText()));
        }
    }
}
