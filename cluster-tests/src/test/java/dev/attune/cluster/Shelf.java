package dev.attune.cluster;

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
        var parent = Path.of("/shelf", to).getParent();
        space.kubectl("exec", pod, "--", "mkdir", "-p", parent.toString()).output();
        space.kubectl("cp", from.toString(), pod + ":/shelf/" + to).output();
        return this;
    }

    /** Writes a file of the claim. */
    Shelf write(String text, String to) {
        space.kubectl(
                        "exec",
                        "-i",
                        pod,
                        "--",
                        "sh",
                        "-c",
                        "mkdir -p $(dirname /shelf/%1$s) && cat > /shelf/%1$s".formatted(to))
                .reading(text)
                .output();
        return this;
    }

    /** Copies a folder of the claim to this machine. */
    void get(String from, Path to) {
        space.kubectl("cp", pod + ":/shelf/" + from, to.toString()).output();
    }

    String read(String file) {
        return space.kubectl("exec", pod, "--", "cat", "/shelf/" + file).output();
    }

    /** Names of what lies in a folder of the claim. */
    List<String> list(String folder) {
        return space.kubectl("exec", pod, "--", "ls", "/shelf/" + folder)
                .output()
                .lines()
                .toList();
    }
}
