package dev.attune.trainer.sink;

import dev.attune.protocol.Report;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.Sink;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts reports to the operator from a thread of its own. A change of phase, the first step, an evaluation, a
 * checkpoint and the end are posted at once, steps every {@code interval} give or take a tenth. Only the newest report
 * is ever waiting. A post that fails is tried again, later each time; training notices none of it.
 */
public final class HttpSink implements Sink {

    private static final Logger LOG = LoggerFactory.getLogger(HttpSink.class);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofMinutes(1);
    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(10);

    private final URI url;
    private final Path token;
    private final Duration interval;
    private final Clock clock;
    private final Duration patienceAtEnd;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(REQUEST_TIMEOUT)
            .build();
    private final Thread poster = new Thread(this::postUntilClosed, "reports");

    private Reports reports;

    // Guarded by this: what the poster has yet to do. Times are System.nanoTime().
    private Report waiting;
    private boolean urgent;
    private boolean closed;
    private long nextOrdinary = System.nanoTime();
    private long nextTry = System.nanoTime();

    /**
     * @param url of this job at the operator
     * @param token file with the bearer token; read for each post, since the kubelet renews it
     * @param interval between posts that tell of no more than steps
     */
    public HttpSink(URI url, Path token, Duration interval, Attempt attempt, Clock clock) {
        this(url, token, interval, attempt, clock, PATIENCE_AT_END);
    }

    HttpSink(URI url, Path token, Duration interval, Attempt attempt, Clock clock, Duration patienceAtEnd) {
        this.url = url;
        this.token = token;
        this.interval = interval;
        this.clock = clock;
        this.patienceAtEnd = patienceAtEnd;
        this.reports = Reports.of(attempt);
        poster.setDaemon(true);
        poster.start();
    }

    @Override
    public void accept(Event event) {
        var next = reports.after(event, clock.instant());
        if (next != reports) {
            offer(next.report(), next.moreThanAStepAfter(reports));
            reports = next;
        }
    }

    /** Waits for the last report to arrive, ten seconds at most. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            nextTry = System.nanoTime();
            notifyAll();
        }
        try {
            poster.join(patienceAtEnd.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (poster.isAlive()) {
            LOG.warn("The last report could not be posted to {}; the termination message holds it", url);
            poster.interrupt();
        }
    }

    private synchronized void offer(Report report, boolean atOnce) {
        waiting = report;
        urgent |= atOnce;
        notifyAll();
    }

    private void postUntilClosed() {
        var failures = 0;
        try {
            for (var report = take(); report != null; report = take()) {
                var trouble = post(report);
                if (trouble == null) {
                    if (failures > 0) {
                        LOG.info("Reports arrive again at {}", url);
                    }
                    failures = 0;
                } else {
                    if (failures == 0) {
                        LOG.warn("A report could not be posted to {} and is tried again: {}", url, trouble);
                    }
                    failures++;
                    putBack(report, failures);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Interrupted with a report unsent", e);
        }
    }

    /** The report to post now, once it is time; {@code null} when closed and nothing is left. */
    private synchronized Report take() throws InterruptedException {
        while (true) {
            if (waiting == null && closed) {
                return null;
            }
            var now = System.nanoTime();
            var pause = Math.max(nextTry - now, urgent || closed ? 0 : nextOrdinary - now);
            if (waiting == null) {
                wait();
            } else if (pause > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, pause);
            } else {
                var report = waiting;
                waiting = null;
                urgent = false;
                nextOrdinary = now + jittered(interval);
                return report;
            }
        }
    }

    private synchronized void putBack(Report report, int failures) {
        if (waiting == null) {
            waiting = report;
        }
        urgent = true;
        var pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 6));
        var longest = closed ? FIRST_RETRY : LAST_RETRY;
        nextTry = System.nanoTime() + jittered(pause.compareTo(longest) < 0 ? pause : longest);
    }

    /** What went wrong; {@code null}: the operator has the report, or says that it never wants it. */
    private String post(Report report) throws InterruptedException {
        try {
            var request = HttpRequest.newBuilder(url)
                    .timeout(REQUEST_TIMEOUT)
                    .header("Authorization", "Bearer " + Files.readString(token).strip())
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(ReportJson.ofAtMost(Report.MAX_BYTES, report)))
                    .build();
            var response = client.send(request, BodyHandlers.ofString());
            var status = response.statusCode();
            if (status / 100 == 2) {
                return null;
            }
            var answer = "HTTP %d %s".formatted(status, response.body().strip());
            if (status / 100 == 4 && status != 401 && status != 403 && status != 429) {
                LOG.warn("The operator refused a report: {}", answer);
                return null;
            }
            return answer;
        } catch (IOException | RuntimeException e) {
            return e.toString();
        }
    }

    private static long jittered(Duration pause) {
        return (long) (pause.toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.1));
    }
}
