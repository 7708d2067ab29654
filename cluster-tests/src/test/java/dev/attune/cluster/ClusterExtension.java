package dev.attune.cluster;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts one cluster for the whole run and gives each test a namespace; keeps what a failed test leaves to look at. */
final class ClusterExtension implements ExecutionCondition, ParameterResolver, AfterTestExecutionCallback {

    private static final Namespace OURS = Namespace.create(ClusterExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Cluster.obstacle()
                .map(missing -> {
                    var message = "CLUSTER TESTS ARE SKIPPED: %s is missing. Start a Docker engine and put kubectl and"
                            + " helm on the PATH; K3S_IMAGE, JRE_IMAGE and BUSYBOX_IMAGE name local images where no"
                            + " registry can be reached.";
                    System.err.printf("%n%s%n%n", message.formatted(missing));
                    return ConditionEvaluationResult.disabled(message.formatted(missing));
                })
                .orElse(ConditionEvaluationResult.enabled("a cluster can start"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == Cluster.class || type == Space.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var cluster = cluster(context);
        if (parameter.getParameter().getType() == Cluster.class) {
            return cluster;
        }
        return context.getStore(OURS).computeIfAbsent(Space.class, none -> Space.fresh(cluster));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        var space = context.getStore(OURS).get(Space.class, Space.class);
        if (space != null && context.getExecutionException().isPresent()) {
            space.describe(context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName());
        }
    }

    private static Cluster cluster(ExtensionContext context) {
        return context.getRoot()
                .getStore(OURS)
                .computeIfAbsent(Started.class, none -> Started.now(), Started.class)
                .cluster();
    }

    /** The outcome of the one start, so that a failure is told by every test and waited for by one. */
    private record Started(Cluster running, Throwable failure) implements AutoCloseable {

        static Started now() {
            Cluster cluster = null;
            try {
                cluster = Cluster.start();
                Attune.install(cluster);
                return new Started(cluster, null);
            } catch (Exception | AssertionError failure) {
                return new Started(cluster, failure);
            }
        }

        Cluster cluster() {
            if (failure != null) {
                throw new AssertionError(
                        "the cluster did not start, or Attune could not be installed: " + failure.getMessage(),
                        failure);
            }
            return running;
        }

        @Override
        public void close() {
            if (running != null) {
                running.close();
            }
        }
    }
}
