package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Where and how often the state of training is kept. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!has(self.to) || self.to.matches('^(pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?/.+|file:///.+)$')",
        message = "write pvc://claim/path or file:///path",
        fieldPath = ".to")
public record Checkpoints(
        @Size(min = 1, max = 1024)
        @JsonPropertyDescription("A folder for the checkpoints: `pvc://claim/path` on a claim of this namespace, or"
                + " `file:///path` without a cluster; for example pvc://work/tone/checkpoints. Unset: the folder"
                + " `checkpoints` within output.to.")
        String to,

        @Min(1)
        @Max(Integer.MAX_VALUE)
        @JsonPropertyDescription(
                "Steps between checkpoints, and so what a trainer that fails loses at most, for example"
                        + " 200. Unset: a tenth of all steps.")
        Integer every,

        @Default("3")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
                "How many of the newest checkpoints are kept; older ones are deleted. One that turns out broken"
                        + " is passed over for the one before, so keep 2 at least.")
        Integer keep) {}
