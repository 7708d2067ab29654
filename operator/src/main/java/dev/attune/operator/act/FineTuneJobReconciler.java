package dev.attune.operator.act;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus;
import dev.attune.operator.decide.Decide;
import dev.attune.operator.decide.Decision;
import dev.attune.operator.decide.Observed;
import dev.attune.operator.observe.Observer;
import dev.attune.operator.observe.Sources;
import dev.attune.operator.report.Applier;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Observes a job, decides, and makes the decision true. */
@ControllerConfiguration(
        name = "finetunejob",
        fieldManager = FineTuneJobReconciler.FIELD_MANAGER,
        informer = @Informer(informerListLimit = Sources.PAGE),
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES))
@GradualRetry(maxAttempts = 10, initialInterval = 500, intervalMultiplier = 2, maxInterval = 60_000)
public class FineTuneJobReconciler implements Reconciler<FineTuneJob> {

    /** Owner of the fields of the status that the operator decides. */
    static final String FIELD_MANAGER = "attune-operator";

    private static final int UNPROCESSABLE = 422;

    private final KubernetesClient client;
    private final Decide decide;
    private final Applier reports;
    private final Announcer announcer;
    private final Meters meters;
    private final Clock clock;
    private Observer observer;

    public FineTuneJobReconciler(KubernetesClient client, Decide decide, Applier reports, Meters meters, Clock clock) {
        this.client = client;
        this.decide = decide;
        this.reports = reports;
        this.announcer = new Announcer(client);
        this.meters = meters;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, FineTuneJob>> prepareEventSources(EventSourceContext<FineTuneJob> context) {
        var sources = Sources.of(context);
        observer = new Observer(client, sources);
        meters.count(context.getPrimaryCache());
        return sources.all();
    }

    @Override
    public UpdateControl<FineTuneJob> reconcile(FineTuneJob job, Context<FineTuneJob> context) {
        var now = clock.instant();
        var seen = observer.observe(job);
        var decision = decide.decide(seen, now);
        decision.delete().forEach(name -> delete(job, name));
        var done = start(seen, decision, context, now);
        done.report()
                .ifPresent(report -> reports.apply(
                        job.getMetadata().getNamespace(), job.getMetadata().getName(), report));
        done.note().ifPresent(note -> announcer.tell(job, note, now));
        if (done.expired()) {
            client.resource(job)
                    .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                    .delete();
            return UpdateControl.noUpdate();
        }
        var control = done.status()
                .map(status -> UpdateControl.patchStatus(patch(job, status)))
                .orElseGet(UpdateControl::noUpdate);
        done.again().ifPresent(control::rescheduleAfter);
        return control;
    }

    /** Creates the Job that was decided; where the API server refuses it, there is another decision. */
    private Decision start(Observed seen, Decision decision, Context<FineTuneJob> context, Instant now) {
        if (decision.create().isEmpty()) {
            return decision;
        }
        try {
            context.resourceOperations()
                    .create(decision.create().get(), observer.sources().jobs());
            meters.attempted();
            return decision;
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case UNPROCESSABLE -> decide.refused(seen, now, message(e), true);
                case HttpURLConnection.HTTP_FORBIDDEN -> decide.refused(seen, now, message(e), false);
                case HttpURLConnection.HTTP_CONFLICT ->
                    isOwn(decision.create().get(), seen.job())
                            ? decision
                            : decide.refused(seen, now, message(e), false);
                default -> throw e;
            };
        }
    }

    /** Whether the Job is there already because a cache lagged; else an earlier FineTuneJob of the same name left it. */
    private boolean isOwn(Job wanted, FineTuneJob owner) {
        var found = client.resource(wanted).get();
        return found != null
                && found.getMetadata().getOwnerReferences().stream()
                        .anyMatch(reference ->
                                reference.getUid().equals(owner.getMetadata().getUid()));
    }

    private static String message(KubernetesClientException e) {
        return e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
    }

    /** In the foreground, so that the Job stays to be seen until its pods are gone. */
    private void delete(FineTuneJob job, String name) {
        client.batch()
                .v1()
                .jobs()
                .inNamespace(job.getMetadata().getNamespace())
                .withName(name)
                .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                .delete();
    }

    /** The least that can be applied: a whole object would take the trainer's fields over. */
    private static FineTuneJob patch(FineTuneJob job, FineTuneJobStatus status) {
        var patch = new FineTuneJob();
        patch.setMetadata(new ObjectMetaBuilder()
                .withNamespace(job.getMetadata().getNamespace())
                .withName(job.getMetadata().getName())
                .build());
        patch.setStatus(status);
        return patch;
    }
}
