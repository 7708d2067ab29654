package dev.attune.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.FineTuneJob;

/** The manifest that a trainer reads, as JSON, which is YAML. */
final class Manifest {

    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Manifest() {}

    /** Name, namespace and spec as the API server holds them, but for what may be a {@code job://}, which is resolved. */
    static String of(FineTuneJob job, Inputs inputs) {
        var manifest = JSON.createObjectNode();
        manifest.put("apiVersion", job.getApiVersion());
        manifest.put("kind", job.getKind());
        manifest.putObject("metadata")
                .put("name", job.getMetadata().getName())
                .put("namespace", job.getMetadata().getNamespace());
        ObjectNode spec = JSON.valueToTree(job.getSpec());
        spec.withObjectProperty("model").put("from", inputs.model());
        inputs.adapter()
                .ifPresent(adapter -> spec.withObjectProperty("method")
                        .withObjectProperty("lora")
                        .put("initialFrom", adapter));
        manifest.set("spec", spec);
        return text(manifest);
    }

    static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a value of the API can't be written as JSON", e);
        }
    }
}
