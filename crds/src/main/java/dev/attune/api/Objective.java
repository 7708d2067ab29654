package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;

/** What is learnt; a union with exactly one member set. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "[has(self.languageModeling), has(self.instruction)].exists_one(x, x)",
        message = "set exactly one of languageModeling or instruction, for example objective: {instruction: {}}")
public record Objective(
        @JsonPropertyDescription("Predict the next token of running text (continued pre-training): documents are"
                + " joined, cut into training.sequenceLength tokens, and every token counts.")
        LanguageModeling languageModeling,

        @JsonPropertyDescription(
                "Answer as the data answers (supervised fine-tuning): on prompts and completions, or on chats.")
        Instruction instruction) {

    /** Next-token prediction on running text. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LanguageModeling() {}

    /** Supervised fine-tuning. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Instruction(
            @Default("completion")
            @JsonPropertyDescription("Which tokens count in the loss. completion: the completion, or in a chat the"
                    + " assistant's turns. all: the prompt as well.")
            LossOn lossOn) {}

    /** Which tokens count in the loss. */
    public enum LossOn {
        @JsonProperty("completion")
        COMPLETION,
        @JsonProperty("all")
        ALL
    }
}
