package dev.attune.trainer.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.protocol.Report;
import dev.attune.trainer.event.Event.Evaluating;
import dev.attune.trainer.event.Event.Preparing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HttpSinkTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Attempt ATTEMPT = new Attempt(1, Instant.parse("2026-11-01T12:00:00.123Z"));

    private record Post(String path, String token, Report report) {}

    @TempDir
    Path folder;

    private final BlockingQueue<Post> posts = new LinkedBlockingQueue<>();
    private volatile int status = 204;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private HttpServer server;
    private Path token;

    @BeforeEach
    void serve() throws IOException {
        token = Files.writeString(folder.resolve("token"), "first\n");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void whatMattersIsPostedAtOnceAndStepsAreNot() throws Exception {
        try (var sink = sink(NEVER)) {
            sink.accept(new Preparing("loading"));
            var first = next();
            assertThat(first.phase()).isEqualTo(Phase.Preparing);
            assertThat(first.progress().sequence()).isEqualTo(ATTEMPT.start().toEpochMilli() + 1);
            sink.accept(Runs.started(0, List.of()));
            assertThat(next().phase()).isEqualTo(Phase.Training);
            sink.accept(Runs.step(1));
            assertThat(next().progress().step()).isEqualTo(1);
            sink.accept(Runs.step(2));
            sink.accept(Runs.step(3));
            assertThat(posts.poll(300, TimeUnit.MILLISECONDS)).isNull();
            sink.accept(new Evaluating(3));
            assertThat(next().progress().step()).isEqualTo(3);
        }
        assertThat(posts).isEmpty();
    }

    @Test
    void stepsArePostedOncePerInterval() throws Exception {
        try (var sink = sink(Duration.ofMillis(300))) {
            sink.accept(Runs.started(0, List.of()));
            sink.accept(Runs.step(1));
            next();
            var began = System.nanoTime();
            for (var step = 2; step <= 60; step++) {
                sink.accept(Runs.step(step));
                Thread.sleep(20);
            }
            var intervals = (System.nanoTime() - began) / 270_000_000.0;
            assertThat(posts).hasSizeBetween(2, (int) intervals + 2);
        }
    }

    @Test
    void aPostNamesTheJobAndShowsTheTokenOfTheMoment() throws Exception {
        try (var sink = sink(NEVER)) {
            sink.accept(new Preparing("loading"));
            assertThat(posts.take())
                    .extracting(Post::path, Post::token)
                    .containsExactly("/v1/reports/team/job", "Bearer first");
            Files.writeString(token, "second\n");
            sink.accept(Runs.started(0, List.of()));
            assertThat(posts.take().token()).isEqualTo("Bearer second");
        }
    }

    @Test
    void trainingGoesOnWhileTheOperatorHangsAndOnlyTheNewestReportFollows() throws Exception {
        gate = new CountDownLatch(1);
        try (var sink = sink(Duration.ofMillis(1))) {
            var began = System.nanoTime();
            Runs.succeeded().forEach(sink::accept);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
            gate.countDown();
        }
        assertThat(posts.size()).isBetween(1, 2);
        assertThat(posts).last().extracting(post -> post.report().phase()).isEqualTo(Phase.Succeeded);
    }

    @Test
    void aReportThatFailsIsTriedAgain() throws Exception {
        status = 503;
        try (var sink = sink(NEVER)) {
            sink.accept(new Preparing("loading"));
            var refused = next();
            status = 204;
            assertThat(next()).isEqualTo(refused);
            assertThat(posts.poll(1500, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void aReportThatTheOperatorNeverWantsIsNotTriedAgain() throws Exception {
        status = 400;
        try (var sink = sink(NEVER)) {
            sink.accept(new Preparing("loading"));
            next();
            assertThat(posts.poll(1500, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void closingGivesUpOnAnOperatorThatIsGone() throws Exception {
        server.stop(0);
        var sink = sink(NEVER);
        sink.accept(new Preparing("loading"));
        var began = System.nanoTime();
        sink.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(PATIENCE.minusMillis(100), PATIENCE.plusSeconds(2));
    }

    @Test
    void aMissingTokenFailsNothing() throws Exception {
        Files.delete(token);
        try (var sink = sink(NEVER)) {
            sink.accept(new Preparing("loading"));
            Thread.sleep(200);
            Files.writeString(token, "late");
        }
        assertThat(posts.take().token()).isEqualTo("Bearer late");
    }

    private HttpSink sink(Duration interval) {
        var url = URI.create("http://127.0.0.1:%d/v1/reports/team/job"
                .formatted(server.getAddress().getPort()));
        return new HttpSink(url, token, interval, ATTEMPT, Clock.systemUTC(), PATIENCE);
    }

    private Report next() throws InterruptedException {
        return posts.take().report();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var answer = status;
            gate.await();
            var report = new ObjectMapper().readValue(exchange.getRequestBody(), Report.class);
            posts.add(new Post(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    report));
            exchange.sendResponseHeaders(answer, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
