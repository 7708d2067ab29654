package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * A whole number from 1, or the word auto.
 *
 * @param count null: auto
 */
public record CountOrAuto(Integer count) {

    private static final String AUTO = "auto";
    private static final double MOST = 1 << 20;

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static CountOrAuto of(Object value) {
        return new CountOrAuto(value instanceof Number number ? number.intValue() : null);
    }

    /** Whether the number is for the trainer to find. */
    public boolean automatic() {
        return count == null;
    }

    @JsonValue
    Object value() {
        return automatic() ? AUTO : count;
    }

    /** Bounds: the generator gives none to what may be of two types. */
    public static final class Bounds implements SchemaCustomizer.Customizer {

        @Override
        public JSONSchemaProps apply(JSONSchemaProps schema, String field, KubernetesSerialization serialization) {
            var own = schema.getProperties().get(field);
            own.setMinimum(1.0);
            own.setMaximum(MOST);
            own.setPattern("^%s$".formatted(AUTO));
            return schema;
        }
    }
}
