package dev.attune.api;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Has the API server refuse what no pod could ask for: the values of the named map must read as quantities. */
public final class Quantities implements SchemaCustomizer.Customizer {

    /** As Kubernetes reads one: 500m, 1.5, 24Gi, 1e9. */
    private static final String QUANTITY =
            "^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$";

    @Override
    public JSONSchemaProps apply(JSONSchemaProps schema, String field, KubernetesSerialization serialization) {
        schema.getProperties().get(field).getAdditionalProperties().getSchema().setPattern(QUANTITY);
        return schema;
    }
}
