package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the chart installs works as installed. */
@OnCluster
class InstallIT {

    private static final String OPERATOR = "system:serviceaccount:" + Attune.NAMESPACE + ":" + Attune.RELEASE;

    @Test
    void helmTestPasses(Cluster cluster) {
        assertThat(cluster.helm("test", Attune.RELEASE, "--namespace", Attune.NAMESPACE, "--timeout=2m")
                        .output())
                .contains("Phase:          Succeeded");
    }

    @Test
    void upgradeBringsTheDefinitionAlong(Cluster cluster) {
        cluster.kubectl(
                        "patch",
                        "crd",
                        "finetunejobs.attune.dev",
                        "--type=json",
                        "-p",
                        "[{\"op\": \"remove\", \"path\": \"/spec/names/shortNames\"}]")
                .output();
        cluster.helm(
                        "upgrade",
                        Attune.RELEASE,
                        "helm/attune",
                        "--namespace",
                        Attune.NAMESPACE,
                        "--reuse-values",
                        "--wait")
                .output();
        assertThat(cluster.kubectl(
                                "get", "crd", "finetunejobs.attune.dev", "-o", "jsonpath={.spec.names.shortNames[0]}")
                        .output())
                .isEqualTo("ftj");
    }

    @Test
    void operatorMayDoNoMoreThanItNeeds(Cluster cluster) {
        for (var refused :
                List.of("get secrets", "list configmaps", "create pods", "delete pods", "patch finetunejobs")) {
            var words = refused.split(" ");
            var answer = cluster.kubectl("auth", "can-i", words[0], words[1], "--all-namespaces", "--as=" + OPERATOR)
                    .run();
            assertThat(answer.output()).as(refused).startsWith("no");
        }
        assertThat(logs(cluster)).as("what it is refused").doesNotContain("is forbidden: User");
    }

    @Test
    void peopleGetTheirRightsThroughTheClustersOwnRoles(Cluster cluster, Space space) {
        space.kubectl("create", "serviceaccount", "editor").output();
        space.kubectl(
                        "create",
                        "rolebinding",
                        "editor",
                        "--clusterrole=edit",
                        "--serviceaccount=" + space.name() + ":editor")
                .output();
        var as = "--as=system:serviceaccount:" + space.name() + ":editor";
        assertThat(space.kubectl("auth", "can-i", "create", "finetunejobs", as)
                        .run()
                        .output())
                .startsWith("yes");
        assertThat(space.kubectl("auth", "can-i", "patch", "finetunejobs", "--subresource=status", as)
                        .run()
                        .output())
                .startsWith("no");
    }

    @Test
    void metricsCountJobs(Cluster cluster, Space space) {
        space.apply(Recipe.named("counted").toString());
        space.await("counted", "a reason to wait", Recipe.PATIENCE, Told.because("ClaimMissing"));
        var metrics = cluster.kubectl(
                        "get",
                        "--raw",
                        "/api/v1/namespaces/%s/services/%s:8080/proxy/q/metrics"
                                .formatted(Attune.NAMESPACE, Attune.RELEASE))
                .output();
        assertThat(metrics).contains("# TYPE attune_jobs gauge", "attune_jobs{phase=\"Pending\"}");
    }

    private static String logs(Cluster cluster) {
        return cluster.kubectl("logs", "--selector=app.kubernetes.io/component=operator", "--tail=-1")
                .with("--namespace", Attune.NAMESPACE)
                .output();
    }
}
