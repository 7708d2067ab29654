package dev.attune.api;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Describes the kind as a whole, for which the generator reads no annotation. */
public final class Description implements SchemaCustomizer.Customizer {

    @Override
    public JSONSchemaProps apply(JSONSchemaProps schema, String text, KubernetesSerialization serialization) {
        schema.setDescription(text);
        return schema;
    }
}
