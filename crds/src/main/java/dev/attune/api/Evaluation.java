package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** When the model is judged, by the objective's metrics on the evaluation data: before, during and after training. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Evaluation(
        @Min(1)
        @Max(Integer.MAX_VALUE)
        @JsonPropertyDescription("Steps between evaluations, for example 100. The model is judged before the first and"
                + " after the last step in any case. Unset: only then.")
        Integer every) {}
