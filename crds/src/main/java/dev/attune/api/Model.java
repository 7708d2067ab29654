package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The model to start from: a Hugging Face folder, or another job's result. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.from.matches('^(pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/.*)?|file:///.+"
                + "|job://[a-z0-9]([-a-z0-9]*[a-z0-9])?(/step-[0-9]+)?)$')",
        message = "write pvc://claim/path, file:///path, or job://name[/step-N]",
        fieldPath = ".from")
public record Model(
        @Required
        @Size(min = 1, max = 1024)
        @JsonPropertyDescription("A folder in Hugging Face's layout (config.json, *.safetensors, tokenizer.json):"
                + " `pvc://claim/path` on a claim of this namespace, `file:///path` inside the trainer's image (or on"
                + " this machine, without a cluster), or `job://name` for what another FineTuneJob of this namespace"
                + " produced; `job://name/step-N` is one of its checkpoints, where it trains an adapter or every weight"
                + " (method linearProbe, head, and full with train keep in a checkpoint only what they train). A job"
                + " that isn't finished is waited for.")
        String from) {}
