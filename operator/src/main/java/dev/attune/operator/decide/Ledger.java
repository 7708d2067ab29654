package dev.attune.operator.decide;

import java.util.Optional;

/**
 * The accounts of a job. An attempt is entered once, when it has ended; the status says which was the last to be entered: all
 * up to {@code attempts}, less the newest while {@code jobRef} names it and the job isn't over.
 *
 * @param attempts how many were started
 * @param failures how many of them failed in a way that counts
 * @param activeSeconds how long those that ended were active
 * @param running name of the newest attempt's Job, while the attempt goes on
 */
record Ledger(int attempts, int failures, long activeSeconds, Optional<String> running) {

    static Ledger of(Observed seen) {
        var status = seen.status();
        var known = status.attempts() == null ? 0 : status.attempts();
        var open = status.jobRef() != null && Standing.finished(status).isEmpty();
        var entered = open ? known - 1 : known;
        var failures = status.failures() == null ? 0 : status.failures();
        var activeSeconds = status.activeSeconds() == null ? 0 : status.activeSeconds();
        for (var attempt : seen.attempts()) {
            var ending = Ending.of(attempt, seen.job().getSpec());
            if (attempt.number() > entered && ending.isPresent()) {
                failures += ending.get().kind() == Ending.Kind.FAILED ? 1 : 0;
                activeSeconds += attempt.activeSeconds();
            }
        }
        return new Ledger(
                Math.max(known, seen.newest().map(Attempt::number).orElse(0)),
                failures,
                activeSeconds,
                seen.newest()
                        .filter(Attempt::alive)
                        .map(attempt -> attempt.job().getMetadata().getName()));
    }

    /** The next attempt has begun. */
    Ledger started(String name) {
        return new Ledger(attempts + 1, failures, activeSeconds, Optional.of(name));
    }
}
