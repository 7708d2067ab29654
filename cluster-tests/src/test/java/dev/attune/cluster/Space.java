package dev.attune.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

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
        var all = new String[words.length + 2];
        all[0] = "--namespace";
        all[1] = name;
        System.arraycopy(words, 0, all, 2, words.length);
        return cluster.kubectl(all);
    }

    /** Applies a manifest, as from a file. */
    void apply(String manifest) {
        kubectl("apply", "-f", "-").reading(manifest).output();
    }

    /** Leaves all that can be seen of this namespace and of the operator in target/failures. */
    void describe(String test) {
        var file = Path.of("target", "failures", test.replaceAll("[^A-Za-z0-9.]+", "-") + ".txt");
        var seen = new StringBuilder();
        for (var command : new Command[] {
            kubectl("get", "ftj,jobs,pods,pvc", "-o", "wide"),
            kubectl("get", "ftj", "-o", "yaml"),
            kubectl("get", "events", "--sort-by=.lastTimestamp"),
            kubectl("describe", "pods"),
            kubectl("logs", "--selector=attune.dev/job", "--all-containers", "--tail=-1", "--prefix"),
            cluster.kubectl("--namespace", Attune.NAMESPACE, "get", "pods", "-o", "wide"),
            cluster.kubectl(
                    "--namespace",
                    Attune.NAMESPACE,
                    "logs",
                    "--selector=app.kubernetes.io/name=attune",
                    "--tail=2000",
                    "--prefix")
        }) {
            seen.append("$ ").append(String.join(" ", command.words())).append('\n');
            seen.append(command.run().output()).append('\n');
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
        cluster.kubectl("delete", "namespace", name, "--wait=false").output();
    }
}
