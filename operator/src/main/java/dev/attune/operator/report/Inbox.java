package dev.attune.operator.report;

import dev.attune.operator.setup.Settings;
import dev.attune.protocol.Report;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Reports that wait to be applied, of each job the newest alone, so that a thousand trainers that report at once cost the API
 * server no more than it is meant to bear. What is lost with this process is made good by the trainer's next report.
 */
@ApplicationScoped
public class Inbox {

    private static final Logger LOG = Logger.getLogger(Inbox.class);
    private static final Duration BEFORE_ANOTHER_TRY = Duration.ofSeconds(1);
    private static final Duration TO_EMPTY_AT_END = Duration.ofSeconds(5);

    private final Applier applier;
    private final TokenBucket bucket;
    private final Map<Key, Report> waiting = new LinkedHashMap<>();
    private final Thread worker = new Thread(this::work, "reports");
    private boolean closed;

    Inbox(Applier applier, Settings settings) {
        this.applier = applier;
        this.bucket = new TokenBucket(settings.report().appliesPerSecond(), System::nanoTime);
    }

    private record Key(String namespace, String name) {}

    /** Takes a report; it is applied soon, unless a newer one of the same job comes first. */
    synchronized void put(String namespace, String name, Report report) {
        waiting.merge(
                new Key(namespace, name), report, (known, other) -> other.newerThan(known.progress()) ? other : known);
        notifyAll();
    }

    void start(@Observes StartupEvent event) {
        worker.setDaemon(true);
        worker.start();
    }

    /** Applies what still waits. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        worker.join(TO_EMPTY_AT_END.toMillis());
    }

    private void work() {
        try {
            for (var key = next(); key != null; key = next()) {
                Thread.sleep(bucket.take().toMillis());
                apply(key);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The job that has waited longest; null: none waits and none will. */
    private synchronized Key next() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        return waiting.isEmpty() ? null : waiting.keySet().iterator().next();
    }

    private synchronized Report take(Key key) {
        return waiting.remove(key);
    }

    private void apply(Key key) throws InterruptedException {
        var report = take(key);
        try {
            applier.apply(key.namespace(), key.name(), report);
        } catch (KubernetesClientException e) {
            LOG.warnf("A report of %s/%s can't be applied: %s", key.namespace(), key.name(), e.getMessage());
            // The API server has no answer, or none now; to a refused report there is no second try.
            if (e.getCode() == 0 || e.getCode() >= 429) {
                put(key.namespace(), key.name(), report);
                Thread.sleep(BEFORE_ANOTHER_TRY.toMillis());
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "A report of %s/%s is dropped", key.namespace(), key.name());
        }
    }
}
