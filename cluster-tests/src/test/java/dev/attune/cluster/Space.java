package dev.attune.cluster;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A namespace of its own for one test, under the strictest Pod Security; gone with all in it after the test. */
final class Space implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Cluster cluster;
    private final String name;

    private Space(Cluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    static Space fresh(Cluster cluster) {
        var name = "test-" + COUNT.incrementAndGet();
        create(cluster, name);
        return new Space(cluster, name);
    }

    /** Makes a namespace where only restricted pods may run. */
    static void create(Cluster cluster, String name) {
        cluster.kubectl("create", "namespace", name).output();
        cluster.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
                .output();
    }

    String name() {
        return name;
    }

    /** A kubectl command in this namespace. */
    Command kubectl(String... words) {
        return cluster.kubectl(words).with("--namespace", name);
    }

    /** Applies a manifest, as from a file. */
    void apply(String manifest) {
        kubectl("apply", "-f", "-").reading(manifest).output();
    }

    /** Sets fields of a job's spec, given as YAML. */
    void patch(String job, String spec) {
        kubectl(
                        "patch",
                        "ftj",
                        job,
                        "--type=merge",
                        "-p",
                        Yaml.read("{spec: %s}".formatted(spec)).toString())
                .output();
    }

    /** The job; null: it isn't there. */
    FineTuneJob job(String job) {
        return cluster.client()
                .resources(FineTuneJob.class)
                .inNamespace(name)
                .withName(job)
                .get();
    }

    List<Pod> trainers(String job) {
        return cluster.client()
                .pods()
                .inNamespace(name)
                .withLabel("attune.dev/job", job)
                .list()
                .getItems();
    }

    List<Job> attempts(String job) {
        return cluster.client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(name)
                .withLabel("attune.dev/job", job)
                .list()
                .getItems();
    }

    /** Waits until a job's status is as wanted, and gives it back; otherwise, or when the job is over, tells what it was. */
    FineTuneJobStatus await(String job, String what, Duration patience, Predicate<FineTuneJobStatus> wanted) {
        var over = Told.holds("Failed").or(Told.holds("Complete"));
        try {
            var status = Awaitility.await()
                    .atMost(patience)
                    .pollInterval(Duration.ofMillis(200))
                    .until(
                            () -> job(job).getStatus(),
                            seen -> seen != null && wanted.or(over).test(seen));
            if (wanted.test(status)) {
                return status;
            }
        } catch (ConditionTimeoutException timeout) {
            // told below, with all that is known
        }
        throw new AssertionError(
                "%s of %s did not come within %s:%n%s".formatted(what, job, patience, Serialization.asYaml(job(job))));
    }

    /** Leaves all that can be seen of this namespace and of the operator in target/failures. */
    void describe(String test) {
        var file = Path.of("target", "failures", test.replaceAll("[^A-Za-z0-9.]+", "-") + ".txt");
        var operator = new String[] {"--namespace", Attune.NAMESPACE};
        var seen = new StringBuilder();
        for (var command : List.of(
                kubectl("get", "ftj,jobs,pods,pvc", "-o", "wide"),
                kubectl("get", "ftj", "-o", "yaml"),
                kubectl("get", "events", "--sort-by=.lastTimestamp"),
                kubectl("describe", "pods"),
                kubectl("logs", "--selector=attune.dev/job", "--tail=-1", "--prefix"),
                cluster.kubectl("get", "pods", "-o", "wide").with(operator),
                cluster.kubectl("logs", "--selector=app.kubernetes.io/component=operator", "--tail=2000", "--prefix")
                        .with(operator))) {
            seen.append("$ ").append(command).append('\n');
            seen.append(command.run().told()).append('\n');
        }
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, seen);
            System.err.printf("%s failed; what could be seen is in %s%n", test, file.toAbsolutePath());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        kubectl("delete", "ftj", "--all", "--wait=false").run();
        cluster.kubectl("delete", "namespace", name, "--wait=false").output();
    }
}
