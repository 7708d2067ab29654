package dev.attune.operator.act;

import dev.attune.api.FineTuneJob;
import dev.attune.operator.decide.Note;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jboss.logging.Logger;

/** Tells the log and, as Kubernetes events, the people. Events' names are made from what they tell, so that nothing is told twice. */
record Announcer(KubernetesClient client) {

    private static final Logger LOG = Logger.getLogger(Announcer.class);
    private static final String COMPONENT = "attune-operator";
    private static final int LONGEST_MESSAGE = 1024;

    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** An event that can't be told is logged: it must not hold up the job. */
    void tell(FineTuneJob job, Note note, Instant now) {
        var meta = job.getMetadata();
        LOG.infof("%s/%s: %s: %s", meta.getNamespace(), meta.getName(), note.reason(), note.message());
        var seconds = now.truncatedTo(ChronoUnit.SECONDS).toString();
        var event = new EventBuilder()
                .withNewMetadata()
                .withName(name(job, note))
                .withNamespace(meta.getNamespace())
                .endMetadata()
                .withInvolvedObject(new ObjectReferenceBuilder()
                        .withApiVersion(job.getApiVersion())
                        .withKind(job.getKind())
                        .withNamespace(meta.getNamespace())
                        .withName(meta.getName())
                        .withUid(meta.getUid())
                        .withResourceVersion(meta.getResourceVersion())
                        .build())
                .withType(note.type())
                .withReason(note.reason())
                .withMessage(shortened(note.message()))
                .withAction(note.reason())
                .withCount(1)
                .withFirstTimestamp(seconds)
                .withLastTimestamp(seconds)
                .withEventTime(new MicroTime(MICROSECONDS.format(now)))
                .withReportingComponent(COMPONENT)
                .withReportingInstance(COMPONENT)
                .withNewSource(COMPONENT, null)
                .build();
        try {
            client.v1().events().resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                LOG.warnf(
                        "Event %s of %s/%s can't be told: %s",
                        note.reason(), meta.getNamespace(), meta.getName(), e.getMessage());
            }
        }
    }

    private static String name(FineTuneJob job, Note note) {
        var uid = job.getMetadata().getUid();
        return job.getMetadata().getName() + "." + note.reason().toLowerCase(Locale.ROOT) + "-" + note.attempt() + "-"
                + uid.substring(0, Math.min(uid.length(), 8));
    }

    private static String shortened(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE - 1) + "…";
    }
}
