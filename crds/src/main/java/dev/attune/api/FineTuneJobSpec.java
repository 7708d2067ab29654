package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** The recipe. Immutable but for {@code suspend}, {@code ttlSecondsAfterFinished} and {@code backoffLimit}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.model == oldSelf.model && self.data == oldSelf.data && self.objective == oldSelf.objective"
                + " && self.method == oldSelf.method && self.output == oldSelf.output",
        message = FineTuneJobSpec.IMMUTABLE)
@ValidationRule(
        value = "has(self.training) == has(oldSelf.training)"
                + " && (!has(self.training) || self.training == oldSelf.training)",
        message = FineTuneJobSpec.IMMUTABLE)
@ValidationRule(
        value = "has(self.evaluation) == has(oldSelf.evaluation)"
                + " && (!has(self.evaluation) || self.evaluation == oldSelf.evaluation)",
        message = FineTuneJobSpec.IMMUTABLE)
@ValidationRule(
        value = "has(self.checkpoints) == has(oldSelf.checkpoints)"
                + " && (!has(self.checkpoints) || self.checkpoints == oldSelf.checkpoints)",
        message = FineTuneJobSpec.IMMUTABLE)
@ValidationRule(
        value = "has(self.trainer) == has(oldSelf.trainer) && (!has(self.trainer) || self.trainer == oldSelf.trainer)",
        message = FineTuneJobSpec.IMMUTABLE)
@ValidationRule(
        value = "has(self.activeDeadlineSeconds) == has(oldSelf.activeDeadlineSeconds)"
                + " && (!has(self.activeDeadlineSeconds)"
                + " || self.activeDeadlineSeconds == oldSelf.activeDeadlineSeconds)",
        message = FineTuneJobSpec.IMMUTABLE)
@ValidationRule(
        value = "!((has(self.method.full) || has(self.method.linearProbe) || has(self.method.head))"
                + " && has(self.output.form) && self.output.form == 'adapter')",
        message = "full, linearProbe and head train the model itself and have no adapter to write: set output.form to"
                + " merged, or leave it out",
        fieldPath = ".output.form")
@ValidationRule(
        value = "!(has(self.method.linearProbe) || has(self.method.head))"
                + " || has(self.objective.classification) || has(self.objective.regression)",
        message = "linearProbe and head train the head that answers once for a whole text: use objective:"
                + " {classification: {}} or {regression: {}}, or method: {lora: {}}",
        fieldPath = ".method")
@ValidationRule(
        value = "!(has(self.method.linearProbe) && has(self.training) && has(self.training.learningRate))",
        message = "linearProbe finds the length of its steps itself: leave training.learningRate out",
        fieldPath = ".training.learningRate")
@ValidationRule(
        value = "!((has(self.method.promptTuning) || has(self.method.prefixTuning) || has(self.method.adapter))"
                + " && has(self.output.form) && self.output.form == 'merged')",
        message = "virtual tokens, prefixes and bottlenecks can't be folded into a model's weights: set output.form to"
                + " adapter, or leave it out",
        fieldPath = ".output.form")
@ValidationRule(
        value = "!(has(self.objective.languageModeling) && self.data.train.exists(d, has(d.format)"
                + " && d.format != 'text'))",
        message = "languageModeling learns from running text: set format to text,"
                + " or use objective: {instruction: {}}",
        fieldPath = ".data.train")
@ValidationRule(
        value = "!(has(self.objective.instruction) && self.data.train.exists(d, has(d.format)"
                + " && !(d.format in ['instruction', 'chat'])))",
        message = "instruction tuning learns from prompts and completions or from chats: set format to instruction"
                + " or chat, or use objective: {languageModeling: {}}",
        fieldPath = ".data.train")
@ValidationRule(
        value = "!(has(self.objective.languageModeling) && has(self.data.evaluation)"
                + " && self.data.evaluation.exists(d, has(d.format) && d.format != 'text'))",
        message = "languageModeling is judged on running text: set format to text",
        fieldPath = ".data.evaluation")
@ValidationRule(
        value = "!(has(self.objective.instruction) && has(self.data.evaluation)"
                + " && self.data.evaluation.exists(d, has(d.format) && !(d.format in ['instruction', 'chat'])))",
        message = "instruction tuning is judged on prompts and completions or on chats: set format to instruction or"
                + " chat",
        fieldPath = ".data.evaluation")
@ValidationRule(
        value = "!((has(self.objective.classification) || has(self.objective.regression))"
                + " && (self.data.train.exists(d, has(d.format) && d.format != 'classification')"
                + " || (has(self.data.evaluation)"
                + " && self.data.evaluation.exists(d, has(d.format) && d.format != 'classification'))))",
        message = "classification and regression need texts with labels: set format to classification",
        fieldPath = ".data")
@ValidationRule(
        value = "!(has(self.objective.questionAnswering)"
                + " && (self.data.train.exists(d, has(d.format) && d.format != 'questionAnswering')"
                + " || (has(self.data.evaluation)"
                + " && self.data.evaluation.exists(d, has(d.format) && d.format != 'questionAnswering'))))",
        message = "questionAnswering needs contexts, questions and answers: set format to questionAnswering",
        fieldPath = ".data")
@ValidationRule(
        value = "!(has(self.objective.sequenceToSequence) && self.data.train.exists(d, has(d.format)"
                + " && d.format != 'instruction'))",
        message = "sequenceToSequence learns from sources and targets: set format to instruction, whose prompt is the"
                + " source and whose completion is the target",
        fieldPath = ".data.train")
@ValidationRule(
        value = "!(has(self.objective.sequenceToSequence) && has(self.data.evaluation)"
                + " && self.data.evaluation.exists(d, has(d.format) && d.format != 'instruction'))",
        message = "sequenceToSequence is judged on sources and targets: set format to instruction, whose prompt is the"
                + " source and whose completion is the target",
        fieldPath = ".data.evaluation")
@ValidationRule(
        value = "!(has(self.evaluation) && has(self.evaluation.every) && !has(self.data.evaluation)"
                + " && !has(self.data.evaluationFraction))",
        message = "there is nothing to judge by: set data.evaluation or data.evaluationFraction, or leave"
                + " evaluation.every out",
        fieldPath = ".evaluation.every")
public record FineTuneJobSpec(
        @Required @JsonPropertyDescription("The model to start from, for example {from: pvc://models/smollm2-135m}.")
        Model model,

        @Required @JsonPropertyDescription("The data to learn from, and the data to judge by.")
        Data data,

        @Required
        @JsonPropertyDescription(
                "What is learnt: set exactly one member; `{}` takes its defaults, for example" + " {instruction: {}}.")
        Objective objective,

        @Required
        @JsonPropertyDescription("How the model is adapted, that is, which weights change: set exactly one member;"
                + " `{}` takes its defaults, for example {lora: {}} or {lora: {rank: 16}}.")
        Method method,

        @Default("{}")
        @JsonPropertyDescription("How long, how fast and on how much at once to train, for example"
                + " {epochs: 2, batchSize: 16, learningRate: 1e-4}.")
        Training training,

        @Default("{}")
        @JsonPropertyDescription("When the model is judged on the evaluation data, for example {every: 100}.")
        Evaluation evaluation,

        @Default("{}")
        @JsonPropertyDescription("Where and how often the state of training is kept, so that a"
                + " suspended, evicted or failed trainer goes on where it was; for example {every: 200, keep: 3}.")
        Checkpoints checkpoints,

        @Required
        @JsonPropertyDescription("Where the adapted model goes, and in which form, for example {to: pvc://work/tone}.")
        Output output,

        @Default("{}")
        @JsonPropertyDescription("The pod that trains: its image, resources and placement, for example"
                + " {resources: {limits: {nvidia.com/gpu: 1, memory: 24Gi}}}.")
        Trainer trainer,

        @Default("false")
        @JsonPropertyDescription("true stops the trainer after it has saved a checkpoint and frees its resources;"
                + " false goes on from that checkpoint. May be changed at any time.")
        Boolean suspend,

        @Default("3")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription("How often a failed trainer is started anew, each time from the last checkpoint."
                + " Evictions and suspensions don't count; an error that a new start can't mend ends the job at"
                + " once. May be changed at any time.")
        Integer backoffLimit,

        @Min(1)
        @Max(Integer.MAX_VALUE)
        @JsonPropertyDescription("Seconds that the job may be active in all its attempts together; time in suspension"
                + " and in the queue does not count. For example 86400, a day. Unset: no limit.")
        Long activeDeadlineSeconds,

        @Min(0)
        @Max(Integer.MAX_VALUE)
        @JsonPropertyDescription("Seconds after which a finished job is deleted with its pods; checkpoints and results"
                + " stay. For example 604800, a week. Unset: never. May be changed at any time.")
        Integer ttlSecondsAfterFinished) {

    static final String IMMUTABLE = "the recipe of a FineTuneJob can't be changed (only suspend, backoffLimit and"
            + " ttlSecondsAfterFinished can): create a job with another name";
}
