package dev.attune.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A claim, and a pod that does nothing but hold it, through which files come and go. */
final class Shelf {

    private static final String POD = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: %1$s}
            spec:
              accessModes: [ReadWriteOnce]
              resources: {requests: {storage: 4Gi}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: %1$s-shelf}
            spec:
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 0
              securityContext: {runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: shelf
                image: %2$s
                imagePullPolicy: IfNotPresent
                command: [sleep, "86400"]
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                volumeMounts: [{name: claim, mountPath: /shelf}]
              volumes: [{name: claim, persistentVolumeClaim: {claimName: %1$s}}]
            """;

    /** The stream into a pod is cut short now and then, and neither kubectl nor tar notices. */
    private static final int TRIES = 3;

    private final Space space;
    private final String pod;

    private Shelf(Space space, String claim) {
        this.space = space;
        this.pod = claim + "-shelf";
    }

    static Shelf of(Space space, String claim) {
        space.apply(POD.formatted(claim, Images.SHELL));
        var shelf = new Shelf(space, claim);
        space.kubectl("wait", "pod/" + shelf.pod, "--for=condition=Ready", "--timeout=60s")
                .output();
        return shelf;
    }

    /** Copies a file or folder of this machine to a path of the claim. */
    Shelf put(Path from, String to) {
        var target = "/shelf/" + to;
        inside("mkdir -p $(dirname %s)".formatted(target)).output();
        for (var tries = 0; tries < TRIES; tries++) {
            var copied =
                    space.kubectl("cp", from.toString(), pod + ":" + target).run();
            if (copied.exitCode() == 0 && bytes(target) == bytes(from)) {
                return this;
            }
            inside("rm -rf " + target).output();
        }
        throw new AssertionError("%s did not arrive whole at %s".formatted(from, target));
    }

    /** Writes a file of the claim. */
    Shelf write(String text, String to) {
        try {
            var file = Files.createTempFile("shelf", "");
            try {
                return put(Files.writeString(file, text), to);
            } finally {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Copies a folder of the claim to this machine. */
    void get(String from, Path to) {
        space.kubectl("cp", "--retries=3", pod + ":/shelf/" + from, to.toString())
                .output();
    }

    /** Names of what lies in a folder of the claim. */
    List<String> list(String folder) {
        return inside("ls /shelf/" + folder).output().lines().toList();
    }

    private long bytes(String path) {
        return Long.parseLong(inside("find %s -type f -exec cat {} + | wc -c".formatted(path))
                .output()
                .strip());
    }

    private static long bytes(Path path) {
        try (var files = Files.walk(path)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Command inside(String shell) {
        return space.kubectl("exec", pod, "--", "sh", "-c", shell);
    }
}
