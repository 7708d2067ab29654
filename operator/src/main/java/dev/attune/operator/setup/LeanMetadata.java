package dev.attune.operator.setup;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Reads resources without {@code managedFields}, which nobody here asks for and which take most of a cache's memory. */
@Singleton
class LeanMetadata implements KubernetesClientObjectMapperCustomizer {

    @JsonIgnoreProperties("managedFields")
    private interface WithoutManagedFields {}

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.addMixIn(ObjectMeta.class, WithoutManagedFields.class);
    }
}
