package dev.attune.operator.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.MockWebServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/** The server, for a test of the whole operator or of a part. */
public final class MockCluster implements QuarkusTestResourceLifecycleManager, AutoCloseable {

    private final KubernetesMockServer server = new KubernetesMockServer(
            new io.fabric8.mockwebserver.Context(new ObjectMapper()),
            new MockWebServer(),
            new HashMap<>(),
            new Applying(),
            false);

    @Override
    public Map<String, String> start() {
        server.init();
        return Map.of(
                "quarkus.kubernetes-client.api-server-url",
                server.createClient().getMasterUrl().toString());
    }

    @Override
    public void stop() {
        server.destroy();
    }

    @Override
    public void close() {
        stop();
    }

    /** A client of the server, once it has started. */
    public KubernetesClient client() {
        return server.createClient();
    }
}
