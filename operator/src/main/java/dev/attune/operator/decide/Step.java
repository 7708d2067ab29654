package dev.attune.operator.decide;

import dev.attune.operator.desired.Inputs;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.Optional;

/**
 * The core of a decision.
 *
 * @param standing where the job stands then
 * @param create the Job of a new attempt
 * @param begun what a new attempt begins with
 * @param stop whether no attempt may go on
 * @param again when to decide anew though nothing changes
 */
record Step(Standing standing, Optional<Job> create, Optional<Inputs> begun, boolean stop, Optional<Duration> again) {

    /** Whatever goes on, goes on. */
    static Step to(Standing standing) {
        return new Step(standing, Optional.empty(), Optional.empty(), false, Optional.empty());
    }

    static Step stop(Standing standing) {
        return new Step(standing, Optional.empty(), Optional.empty(), true, Optional.empty());
    }

    static Step start(Standing standing, Job job, Inputs inputs) {
        return new Step(standing, Optional.of(job), Optional.of(inputs), false, Optional.empty());
    }

    static Step wait(Standing standing, Duration again) {
        return new Step(standing, Optional.empty(), Optional.empty(), false, Optional.of(again));
    }
}
