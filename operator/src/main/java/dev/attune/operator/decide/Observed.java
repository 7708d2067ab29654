package dev.attune.operator.decide;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that a decision about a job depends on, but the time.
 *
 * @param job the job itself
 * @param attempts those of its attempts of which a Job or a pod is left, oldest first
 * @param claims names of the usable persistent volume claims of its namespace
 * @param configMaps keys of those ConfigMaps that exist among the ones that it names, by the ConfigMap's name
 * @param others the FineTuneJobs that the job's model comes from, directly or through one another, by name
 */
public record Observed(
        FineTuneJob job,
        List<Attempt> attempts,
        Set<String> claims,
        Map<String, Set<String>> configMaps,
        Map<String, FineTuneJob> others) {

    private static final FineTuneJobStatus NEW = new FineTuneJobStatus(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null);

    /** Whether a job has succeeded or failed for good, so that nothing of it is left to decide but its deletion. */
    public static boolean isOver(FineTuneJob job) {
        return Standing.finished(job.getStatus()).isPresent();
    }

    FineTuneJobStatus status() {
        return job.getStatus() == null ? NEW : job.getStatus();
    }

    Optional<Attempt> newest() {
        return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.get(attempts.size() - 1));
    }
}
