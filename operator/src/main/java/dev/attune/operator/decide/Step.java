package dev.attune.operator.decide;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The core of a decision.
 *
 * @param standing where the job stands then
 * @param create the Job of a new attempt
 * @param models what its model is; empty without a new attempt
 * @param stop whether no attempt may go on
 * @param again when to decide anew though nothing changes
 */
record Step(Standing standing, Optional<Job> create, List<String> models, boolean stop, Optional<Duration> again) {

    /** Whatever goes on, goes on. */
    static Step to(Standing standing) {
        return new Step(standing, Optional.empty(), List.of(), false, Optional.empty());
    }

    static Step stop(Standing standing) {
        return new Step(standing, Optional.empty(), List.of(), true, Optional.empty());
    }

    static Step start(Standing standing, Job job, List<String> models) {
        return new Step(standing, Optional.of(job), models, false, Optional.empty());
    }

    static Step wait(Standing standing, Duration again) {
        return new Step(standing, Optional.empty(), List.of(), false, Optional.of(again));
    }
}
