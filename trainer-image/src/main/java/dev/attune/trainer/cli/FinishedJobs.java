package dev.attune.trainer.cli;

import dev.attune.api.FineTuneJob;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.place.Places;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where jobs that ran on this machine left their results, so that {@code job://name} means something without a cluster. */
record FinishedJobs(Places places) {

    private static final Pattern JOB = Pattern.compile("job://([^/]+)(/step-\\d+)?");

    /** The URI itself, or for a {@code job://} that of what the job left. */
    String resolve(String uri) {
        var job = JOB.matcher(uri);
        if (!job.matches()) {
            return uri;
        }
        try {
            var lines = Files.readAllLines(record(job.group(1)));
            return job.group(2) == null ? lines.get(0) : lines.get(1) + job.group(2);
        } catch (IOException e) {
            throw TrainerFailure.invalidManifest(
                    "%s: no job of this name has succeeded here yet: run it first".formatted(uri));
        }
    }

    /** Notes where a job's result and checkpoints are. */
    void remember(FineTuneJob job) {
        var result = job.getSpec().output().to();
        var checkpoints = job.getSpec().checkpoints().to();
        var record = record(job.getMetadata().getName());
        try {
            Files.createDirectories(record.getParent());
            Files.writeString(
                    record, result + "\n" + (checkpoints == null ? result + "/checkpoints" : checkpoints) + "\n");
        } catch (IOException e) {
            throw TrainerFailure.unavailable(record + " can't be written: " + e.getMessage(), e);
        }
    }

    private Path record(String name) {
        return places.claims().resolve(".jobs").resolve(name);
    }
}
