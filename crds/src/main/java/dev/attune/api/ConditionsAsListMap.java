package dev.attune.api;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;

/** Makes the named list of conditions a list-map keyed by type, so that each type has one owner and one entry. */
public final class ConditionsAsListMap implements SchemaCustomizer.Customizer {

    @Override
    public JSONSchemaProps apply(JSONSchemaProps schema, String field, KubernetesSerialization serialization) {
        var conditions = schema.getProperties().get(field);
        conditions.setXKubernetesListType("map");
        conditions.setXKubernetesListMapKeys(List.of("type"));
        conditions
                .getItems()
                .getSchema()
                .setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
        return schema;
    }
}
