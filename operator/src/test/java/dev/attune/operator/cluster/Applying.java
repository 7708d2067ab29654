package dev.attune.operator.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Server-side apply of a status, which the library's server lacks: each manager owns the status' members that it applied last, a
 * member that its last owner leaves out is removed, and an apply that names another version than the stored one is a conflict.
 */
final class Applying extends KubernetesCrudDispatcher {

    private static final String STATUS = "/status";

    /** Members of the status, by path of the resource, then by manager. */
    private final Map<String, Map<String, Set<String>>> owned = new HashMap<>();

    @Override
    public synchronized MockResponse handlePatch(RecordedRequest request) {
        var type = request.getHeader("Content-Type");
        if (type == null || !type.contains("apply-patch")) {
            return super.handlePatch(request);
        }
        var path = request.getPath().replaceAll("\\?.*", "");
        if (!path.endsWith(STATUS)) {
            throw new IllegalStateException("the operator applies nothing but statuses, but this: " + path);
        }
        var resource = path.substring(0, path.length() - STATUS.length());
        var found = handleGet(resource);
        if (found.code() != HttpURLConnection.HTTP_OK) {
            return found;
        }
        var known = read(found.getBody().readUtf8());
        var wanted = read(request.getUtf8Body());
        var version = Optional.ofNullable(wanted.getMetadata().getResourceVersion());
        if (version.isPresent() && !version.get().equals(known.getMetadata().getResourceVersion())) {
            return conflict();
        }
        var manager = request.getPath().replaceAll(".*fieldManager=([^&]*).*", "$1");
        known.setAdditionalProperty("status", merged(resource, manager, known, wanted));
        return handleUpdate(new RecordedRequest(
                "HTTP/1.1",
                HttpMethod.PUT,
                path,
                Headers.builder().add("Content-Type", "application/json").build(),
                new Buffer(Serialization.asJson(known).getBytes(StandardCharsets.UTF_8))));
    }

    /** The members that this manager wants, and those that others do, with nothing left that nobody does. */
    private Map<String, Object> merged(
            String resource, String manager, GenericKubernetesResource known, GenericKubernetesResource wanted) {
        var managers = owned.computeIfAbsent(resource, any -> new HashMap<>());
        var status = new LinkedHashMap<String, Object>();
        Optional.ofNullable(known.<Map<String, Object>>get("status")).ifPresent(status::putAll);
        var before = managers.getOrDefault(manager, Set.of());
        var now = wanted.<Map<String, Object>>get("status");
        managers.put(manager, Set.copyOf(now.keySet()));
        before.stream()
                .filter(member -> managers.values().stream().noneMatch(members -> members.contains(member)))
                .forEach(status::remove);
        status.putAll(now);
        return status;
    }

    private static GenericKubernetesResource read(String text) {
        return Serialization.unmarshal(text, GenericKubernetesResource.class);
    }

    private static MockResponse conflict() {
        var status = new StatusBuilder()
                .withCode(HttpURLConnection.HTTP_CONFLICT)
                .withReason("Conflict")
                .withMessage("the object has been modified")
                .build();
        return new MockResponse()
                .setResponseCode(HttpURLConnection.HTTP_CONFLICT)
                .setBody(Serialization.asJson(status));
    }
}
