package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** What is learnt; a union with exactly one member set. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SchemaCustomizer(value = ExactlyOne.class, input = "objective: {instruction: {}}")
public record Objective(
        @JsonPropertyDescription("Predict the tokens of running text (continued pre-training): documents are joined and"
                + " cut into training.sequenceLength tokens. An encoder-decoder, as T5, learns to fill in spans that are"
                + " left out: 15 % of the tokens, 3 at a time on average.")
        LanguageModeling languageModeling,

        @JsonPropertyDescription(
                "Answer as the data answers (supervised fine-tuning): on prompts and completions, or on chats.")
        Instruction instruction,

        @JsonPropertyDescription(
                "Tell what a text is: one of several classes, or any number of them. The result loads as"
                        + " transformers' …ForSequenceClassification.")
        Classification classification,

        @JsonPropertyDescription("Give a number for a text, as a rating or a similarity, by its mean squared error.")
        Regression regression,

        @JsonPropertyDescription("Mark the answer to a question in a text (extractive). Needs a model that reads all at"
                + " once, as BERT.")
        QuestionAnswering questionAnswering,

        @JsonPropertyDescription("Write a target for a source (summarisation, translation), on records of a prompt,"
                + " the source, and a completion, the target; data.train[].columns maps other names, for example"
                + " {prompt: document, completion: summary}. An encoder-decoder, as T5, reads the source and learns"
                + " the target and the end of text; a decoder learns them behind the source, as in instruction. An"
                + " encoder can't write.")
        SequenceToSequence sequenceToSequence) {

    /** Prediction of tokens on running text. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LanguageModeling(
            @Default("false")
            @JsonPropertyDescription(
                    "false: each token from those before it (GPT-2, Llama). true: 15% of the tokens from"
                            + " all others (BERT): of those, 80% are masked, 10% replaced by another, 10% left as they are.")
            Boolean masked) {}

    /** Supervised fine-tuning. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Instruction(
            @Default("completion")
            @JsonPropertyDescription("Which tokens count in the loss. completion: the completion, or in a chat the"
                    + " assistant's turns. all: the prompt as well.")
            LossOn lossOn) {}

    /** One class of several, or several of them. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
            value = "!has(self.labels) || self.labels.all(x, self.labels.exists_one(y, x == y))",
            message = "write each label once",
            fieldPath = ".labels")
    @ValidationRule(
            value = "!has(self.classWeights) || self.classWeights.all(k, self.classWeights[k] > 0.0)",
            message = "a weight must be above 0, for example {spam: 4}",
            fieldPath = ".classWeights")
    @ValidationRule(
            value = "!has(self.classWeights) || !has(self.labels) || self.classWeights.all(k, k in self.labels)",
            message = "only labels have weights: write those of labels",
            fieldPath = ".classWeights")
    @ValidationRule(
            value =
                    "!(has(self.multiLabel) && self.multiLabel && has(self.labelSmoothing) && self.labelSmoothing > 0.0)",
            message = "smoothing takes from one class what it gives to the others: leave it out, or set multiLabel to"
                    + " false",
            fieldPath = ".labelSmoothing")
    public record Classification(
            @Size(min = 2, max = 256)
            @JsonPropertyDescription(
                    "The classes, in the order of the model's outputs, for example [negative, positive]."
                            + " A label in the data that isn't among them is an error, and one of them that no record has."
                            + " Unset: those of the training data,"
                            + " sorted; or those of the model, where it is a classifier.")
            List<@Size(min = 1, max = 128) String> labels,

            @Default("false")
            @JsonPropertyDescription("Whether a text may have several labels, or none; each is then told by itself.")
            Boolean multiLabel,

            @Size(max = 256)
            @JsonPropertyDescription(
                    "How much a class counts, where some are rare or matter more, for example {spam: 4};"
                            + " 1 for those left out. The loss is the weighted mean; with multiLabel, only the texts that have the"
                            + " label are weighted.")
            Map<String, Double> classWeights,

            @Default("0.0")
            @Min(0)
            @Max(value = 1, inclusive = false)
            @JsonPropertyDescription(
                    "The share of certainty that is spread over all classes, against overconfidence, for"
                            + " example 0.1.")
            Double labelSmoothing) {}

    /** A number for a text. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Regression() {}

    /** An answer in a text. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record QuestionAnswering(
            @Default("128")
            @Min(0)
            @Max(100000)
            @JsonPropertyDescription(
                    "A context that doesn't fit into training.sequenceLength is read in windows; this many"
                            + " tokens of one are read again in the next, so that no answer is cut everywhere.")
            Integer stride,

            @Default("30")
            @Min(1)
            @Max(100000)
            @JsonPropertyDescription("How many tokens an answer may have at most when the model is judged.")
            Integer maxAnswerTokens) {}

    /** Targets for sources. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SequenceToSequence(
            @Size(min = 1, max = 4096)
            @JsonPropertyDescription("Text put before each source, to tell the model what it is to do with it, for"
                    + " example `summarize: ` or `translate English to German: `, with the blank. Unset: none.")
            String prefix,

            @Default("128")
            @Min(2)
            @Max(1048576)
            @JsonPropertyDescription(
                    "Tokens of a target at most, the end of text among them; longer ones are cut. Sources"
                            + " are cut to training.sequenceLength tokens. A decoder reads source and target as one text, which"
                            + " training.sequenceLength alone bounds.")
            Integer targetLength) {}

    /** Which tokens count in the loss. */
    public enum LossOn {
        @JsonProperty("completion")
        COMPLETION,
        @JsonProperty("all")
        ALL
    }
}
