package dev.attune.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.attune.api.FineTuneJob;
import java.util.List;

/**
 * What the API server would make of a manifest.
 *
 * @param withDefaults the manifest as it would be stored: nulls left out, defaults filled in
 * @param problems what it would be refused for; empty if it would be taken
 */
public record Checked(JsonNode withDefaults, List<Problem> problems) {

    public Checked {
        problems = List.copyOf(problems);
    }

    /** Whether the API server would take the manifest. */
    public boolean valid() {
        return problems.isEmpty();
    }

    /**
     * The manifest with its defaults, typed.
     *
     * @throws IllegalStateException if the manifest has problems
     */
    public FineTuneJob job() {
        if (!valid()) {
            throw new IllegalStateException("the manifest has problems: " + problems);
        }
        try {
            return JsonMapper.builder()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build()
                    .treeToValue(withDefaults, FineTuneJob.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the schema took what the types can't hold: " + e.getOriginalMessage(), e);
        }
    }
}
