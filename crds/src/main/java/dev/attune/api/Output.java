package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Where the adapted model goes. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.to.matches('^(pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?/.+|file:///.+)$')",
        message = "write pvc://claim/path or file:///path",
        fieldPath = ".to")
public record Output(
        @Required
        @Size(min = 1, max = 1024)
        @JsonPropertyDescription("A folder for the result: `pvc://claim/path` on a claim of this namespace, or"
                + " `file:///path` without a cluster; for example pvc://work/tone. It must not hold the result of"
                + " another recipe.")
        String to,

        @JsonPropertyDescription("adapter: the small files that PEFT loads on top of the base model. merged: a whole"
                + " model that transformers loads. Unset: adapter where the method has one, else merged.")
        Form form) {

    /** In which form the adapted model is written. */
    public enum Form {
        @JsonProperty("adapter")
        ADAPTER,
        @JsonProperty("merged")
        MERGED
    }
}
