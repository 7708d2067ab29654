package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Training and evaluation data. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!(has(self.evaluation) && has(self.evaluationFraction))",
        message = "set evaluation or evaluationFraction, not both")
@ValidationRule(
        value = "!has(self.evaluationFraction) || (self.evaluationFraction > 0.0 && self.evaluationFraction < 1.0)",
        message = "must lie between 0 and 1, both excluded, for example 0.05",
        fieldPath = ".evaluationFraction")
public record Data(
        @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription(
                "The data sets to learn from, for example [{from: pvc://datasets/train.jsonl}]; read one"
                        + " after the other and then shuffled together.")
        List<DataSet> train,

        @Size(min = 1, max = 64)
        @JsonPropertyDescription(
                "The data sets to judge by, for example [{from: pvc://datasets/test.jsonl}]; never trained"
                        + " on. Exclusive with evaluationFraction. Both unset: the model isn't judged.")
        List<DataSet> evaluation,

        @Min(0)
        @Max(1)
        @JsonPropertyDescription("The share of the training data that is held out to judge by, for example 0.05. The"
                + " choice depends on training.seed alone. Exclusive with evaluation.")
        Double evaluationFraction) {}
