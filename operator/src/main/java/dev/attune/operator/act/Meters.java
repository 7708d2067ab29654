package dev.attune.operator.act;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus.Phase;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;

/** What Prometheus is told of jobs: {@code attune_jobs{phase}} and {@code attune_attempts_total}. */
@Singleton
class Meters {

    private final MeterRegistry registry;

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A new attempt has begun. */
    void attempted() {
        registry.counter("attune.attempts").increment();
    }

    /** Tells how many jobs are in each phase, counted in the cache when asked. */
    void count(IndexerResourceCache<FineTuneJob> jobs) {
        for (var phase : Phase.values()) {
            Gauge.builder(
                            "attune.jobs",
                            jobs,
                            all -> all.list(job -> phase(job) == phase).count())
                    .tag("phase", phase.name())
                    .strongReference(true)
                    .register(registry);
        }
    }

    private static Phase phase(FineTuneJob job) {
        return job.getStatus() == null || job.getStatus().phase() == null
                ? Phase.Pending
                : job.getStatus().phase();
    }
}
