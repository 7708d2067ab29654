package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** How the model is adapted; a union with exactly one member set. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "[has(self.full), has(self.lora)].exists_one(x, x)",
        message = "set exactly one of full or lora, for example method: {lora: {rank: 8}}")
public record Method(
        @JsonPropertyDescription("Full fine-tuning: every weight is trained. Needs memory for gradients and two"
                + " moments of every weight, about four times the model.")
        Full full,

        @JsonPropertyDescription("LoRA (https://arxiv.org/abs/2106.09685): the model is frozen, and beside chosen"
                + " linear layers a low-rank update B·A is trained. The result is a small adapter in PEFT's format.")
        Lora lora) {

    /** Full fine-tuning. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Full() {}

    /** Low-rank adaptation. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
            value = "!has(self.alpha) || self.alpha > 0.0",
            message = "must be above 0, for example 16",
            fieldPath = ".alpha")
    public record Lora(
            @Default("8")
            @Min(1)
            @Max(1024)
            @JsonPropertyDescription("Rank r of the update: A is r × in, B is out × r. A higher rank holds more change"
                    + " and costs more memory; 8 to 64 is usual.")
            Integer rank,

            @JsonPropertyDescription(
                    "The update is scaled by alpha / rank, for example 16. Unset: the rank, so that the"
                            + " scale is 1.")
            Double alpha,

            @Default("0.0")
            @Min(0)
            @Max(value = 1, inclusive = false)
            @JsonPropertyDescription("Probability with which an input of the update is dropped in training, against"
                    + " overfitting on little data, for example 0.05.")
            Double dropout,

            @Size(min = 1, max = 64)
            @JsonPropertyDescription("Names of the linear layers to adapt, as the last part of their names in the"
                    + " model, for example [q_proj, v_proj]. Unset: what is usual for the architecture (GPT-2: c_attn;"
                    + " Llama: q_proj, v_proj).")
            List<@Size(min = 1, max = 128) String> targets) {}
}
