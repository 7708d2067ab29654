package dev.attune.api;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.stream.Collectors;

/** Makes a type a union: exactly one of its members is set, and the error lists them with an example. */
public final class ExactlyOne implements SchemaCustomizer.Customizer {

    @Override
    public JSONSchemaProps apply(JSONSchemaProps schema, String example, KubernetesSerialization serialization) {
        var members = new ArrayList<>(schema.getProperties().keySet());
        var last = members.size() - 1;
        var rules = new ArrayList<>(schema.getXKubernetesValidations());
        rules.add(new ValidationRuleBuilder()
                .withRule(members.stream()
                        .map("has(self.%s)"::formatted)
                        .collect(Collectors.joining(", ", "[", "].exists_one(x, x)")))
                .withMessage("set exactly one of %s or %s, for example %s"
                        .formatted(String.join(", ", members.subList(0, last)), members.get(last), example))
                .build());
        schema.setXKubernetesValidations(rules);
        return schema;
    }
}
