package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** One file of examples. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.from.matches('^(pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?/.+|file:///.+"
                + "|configmap://[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[-._a-zA-Z0-9]+)$')",
        message = "write pvc://claim/path, configmap://name/key, or file:///path",
        fieldPath = ".from")
@ValidationRule(
        value = "!has(self.columns) || !has(self.format) || self.columns.all(k, self.format == 'text' ? k == 'text'"
                + " : self.format == 'chat' ? k == 'messages' : self.format == 'instruction' ? k in ['prompt',"
                + " 'completion'] : self.format == 'classification' ? k in ['text', 'textPair', 'label'] : k in"
                + " ['context', 'question', 'answers'])",
        message = "map only what the format needs: text for text, prompt and completion for instruction, messages for"
                + " chat, text, textPair and label for classification, context, question and answers for"
                + " questionAnswering",
        fieldPath = ".columns")
@ValidationRule(
        value =
                "!has(self.columns) || self.columns.all(k, k in ['text', 'prompt', 'completion', 'messages', 'textPair',"
                        + " 'label', 'context', 'question', 'answers'])",
        message =
                "map one of text, prompt, completion, messages, textPair, label, context, question or answers to the name of the column that holds it, for"
                        + " example {prompt: question, completion: answer}",
        fieldPath = ".columns")
public record DataSet(
        @Required
        @Size(min = 1, max = 1024)
        @JsonPropertyDescription("The file: JSON Lines (one record a line), or for the text format also plain text"
                + " (`.txt`). `pvc://claim/path` on a claim of this namespace, `configmap://name/key` for small data,"
                + " or `file:///path` inside the trainer's image (or on this machine, without a cluster).")
        String from,

        @JsonPropertyDescription("What a record is. text: running text in `text`. instruction: `prompt` and"
                + " `completion`. chat: `messages`, a list of {role, content}, rendered with the model's own chat"
                + " template. classification: `text`, optionally `textPair`, and `label` (a string, a number or a list"
                + " of labels). questionAnswering: `context`, `question` and `answers` ([{text, start}] or SQuAD's"
                + " {text: [], answer_start: []}). Unset: told by the first record's columns.")
        Format format,

        @Size(max = 8)
        @JsonPropertyDescription("Which of the file's columns hold what the format needs, where their names differ,"
                + " for example {prompt: question, completion: answer}.")
        Map<String, @Size(min = 1, max = 128) String> columns) {

    /** What a record is. */
    public enum Format {
        @JsonProperty("text")
        TEXT,
        @JsonProperty("instruction")
        INSTRUCTION,
        @JsonProperty("chat")
        CHAT,
        @JsonProperty("classification")
        CLASSIFICATION,
        @JsonProperty("questionAnswering")
        QUESTION_ANSWERING
    }
}
