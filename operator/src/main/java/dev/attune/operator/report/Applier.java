package dev.attune.operator.report;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Metric;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.api.FineTuneJobStatus.Progress;
import dev.attune.protocol.Report;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Writes a report to the fields of the status that are the trainer's, unless a newer one is there. Any number of replicas may do so
 * at once: a write carries the version that was read, so that of two the API server takes one, and the other reads again.
 */
@ApplicationScoped
public class Applier {

    /** Owner of the trainer's fields. */
    public static final String FIELD_MANAGER = "attune-trainer";

    private static final Set<Phase> TOLD_BY_TRAINER = Set.of(Phase.Preparing, Phase.Training, Phase.Evaluating);
    private static final int TRIES = 10;

    private final KubernetesClient client;
    private final MeterRegistry meters;
    private final InstantSource clock;

    public Applier(KubernetesClient client, MeterRegistry meters, InstantSource clock) {
        this.client = client;
        this.meters = meters;
        this.clock = clock;
    }

    /** What became of a report. */
    public enum Outcome {
        APPLIED,
        /** The status knew as much, or more. */
        LATE,
        /** There is no such job any more. */
        GONE
    }

    /**
     * Applies a report to the status of a job.
     *
     * @throws KubernetesClientException when the API server can't be reached, or refuses
     */
    public Outcome apply(String namespace, String name, Report report) {
        var outcome = tryApply(namespace, name, report, TRIES);
        meters.counter("attune.reports", "outcome", outcome.name().toLowerCase())
                .increment();
        return outcome;
    }

    private Outcome tryApply(String namespace, String name, Report report, int tries) {
        var job = client.resources(FineTuneJob.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
        if (job == null) {
            return Outcome.GONE;
        }
        var status = job.getStatus();
        if (!report.newerThan(status == null ? null : status.progress())) {
            return Outcome.LATE;
        }
        try {
            client.resource(patch(job, report))
                    .subresource("status")
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager(FIELD_MANAGER)
                            .withForce(true)
                            .build());
            return Outcome.APPLIED;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Outcome.GONE;
            }
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || tries == 1) {
                throw e;
            }
            return tryApply(namespace, name, report, tries - 1);
        }
    }

    private FineTuneJob patch(FineTuneJob job, Report report) {
        var told = withWhatIsKnown(job.getStatus(), report);
        var patch = new FineTuneJob();
        patch.setMetadata(new ObjectMetaBuilder()
                .withNamespace(job.getMetadata().getNamespace())
                .withName(job.getMetadata().getName())
                .withResourceVersion(job.getMetadata().getResourceVersion())
                .build());
        patch.setStatus(new FineTuneJobStatus(
                null,
                phase(job.getStatus(), report.phase()),
                Fits.of(told.estimate(), job, clock.instant()),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                told.trainer(),
                told.estimate(),
                told.progress(),
                metric(told.metrics()),
                told.metrics(),
                told.checkpoints(),
                told.result()));
        return patch;
    }

    /** A trainer that hasn't loaded its model knows of no attempt before its own: what those achieved stays until it does. */
    private static Report withWhatIsKnown(FineTuneJobStatus status, Report report) {
        if (report.trainer() != null || status == null || status.trainer() == null) {
            return report;
        }
        return new Report(
                report.phase(),
                status.trainer(),
                report.estimate() == null ? status.estimate() : report.estimate(),
                resting(status.progress(), report.progress()),
                status.metrics(),
                status.checkpoints(),
                report.result(),
                report.failure());
    }

    /** How far training was, while nothing moves. */
    private static Progress resting(Progress known, Progress now) {
        return known == null
                ? now
                : new Progress(
                        now.attempt(),
                        now.sequence(),
                        known.step(),
                        known.totalSteps(),
                        known.steps(),
                        known.epoch(),
                        known.percent(),
                        known.tokens(),
                        null,
                        known.loss(),
                        known.learningRate(),
                        known.gradientNorm(),
                        null,
                        now.updatedAt());
    }

    /** The trainer tells the phase while it runs; when it doesn't, or ends, the operator does. */
    private static Phase phase(FineTuneJobStatus status, Phase told) {
        if (status == null || status.phase() == null || !TOLD_BY_TRAINER.contains(status.phase())) {
            return null;
        }
        return TOLD_BY_TRAINER.contains(told) ? told : status.phase();
    }

    /** One metric in short, for people, for example {@code accuracy 0.91 (from 0.52)}: the first but for the loss. */
    private static String metric(List<Metric> metrics) {
        if (metrics == null || metrics.isEmpty()) {
            return null;
        }
        var shown = metrics.stream()
                .filter(metric -> !metric.name().equals("loss"))
                .findFirst()
                .orElse(metrics.get(0));
        return shown.name() + " " + shown.value()
                + (shown.baseline() == null ? "" : " (from " + shown.baseline() + ")");
    }
}
