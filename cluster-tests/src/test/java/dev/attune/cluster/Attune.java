package dev.attune.cluster;

import java.io.IOException;

/** Attune, installed on the cluster by its chart: two replicas under the strictest Pod Security. */
final class Attune {

    static final String NAMESPACE = "attune-system";
    static final String RELEASE = "attune";

    private Attune() {}

    static void install(Cluster cluster) throws IOException, InterruptedException {
        Images.build();
        cluster.load(Images.OPERATOR + ":" + Images.TAG, Images.TRAINER + ":" + Images.TAG);
        Space.create(cluster, NAMESPACE);
        cluster.helm(
                        "upgrade",
                        "--install",
                        RELEASE,
                        "helm/attune",
                        "--namespace",
                        NAMESPACE,
                        "--set",
                        "image.tag=" + Images.TAG,
                        "--set",
                        "trainer.image.tag=" + Images.TAG,
                        "--set",
                        "trainer.reportSeconds=1",
                        "--set",
                        "replicas=2",
                        "--wait",
                        "--timeout",
                        "3m")
                .output();
    }
}
