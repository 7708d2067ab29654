package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What is known of a job. The reconciler writes all but {@code trainer}, {@code estimate}, {@code progress}, {@code metric},
 * {@code metrics}, {@code checkpoints} and the condition Fits, which come from the trainer and have a field manager of their
 * own. Two fields have both for writers, one after the other: {@code phase} is told by the trainer from its first report of
 * an attempt until the attempt's end, and {@code result} by the trainer first, until the reconciler confirms it.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SchemaCustomizer(value = ConditionsAsListMap.class, input = "conditions")
public record FineTuneJobStatus(
        @JsonPropertyDescription("The generation of the spec that this status speaks of.")
        Long observedGeneration,

        @JsonPropertyDescription(
                "Where the job stands, for people; machines read conditions. Pending: not looked at yet,"
                        + " or waiting for what it needs. Queued: waiting for its turn. Preparing: the pod starts, the model"
                        + " loads. Then Training, Evaluating, Suspended, and in the end Succeeded or Failed.")
        Phase phase,

        @JsonPropertyDescription(
                "What holds of the job, each with a reason and a message: Ready, Progressing, Suspended,"
                        + " Complete, Failed, Stalled; and once a trainer has estimated its memory, Fits.")
        List<Condition> conditions,

        @JsonPropertyDescription("The member of spec.method that is set, for example lora.")
        String method,

        @JsonPropertyDescription("When the first attempt started (RFC 3339).")
        String startTime,

        @JsonPropertyDescription("When the job succeeded or failed for good (RFC 3339).")
        String completionTime,

        @JsonPropertyDescription("How many trainers were started, the first one included.")
        Integer attempts,

        @JsonPropertyDescription("How many of them failed in a way that counts against backoffLimit.")
        Integer failures,

        @JsonPropertyDescription("Seconds that earlier attempts were active; counts against activeDeadlineSeconds.")
        Long activeSeconds,

        @JsonPropertyDescription("The Kubernetes Job of the newest attempt.")
        JobRef jobRef,

        @JsonPropertyDescription(
                "What model.from stood for when the first attempt started, and stands for in all that follow: the"
                        + " model's folder, and where that is an adapter also what it adapts, and so on. Example:"
                        + " [pvc://work/first].")
        List<String> models,

        @JsonPropertyDescription(
                "What method.lora.initialFrom stood for when the first attempt started, and stands for in all that"
                        + " follow, for example pvc://work/tone.")
        String initialAdapter,

        @JsonPropertyDescription("What the newest trainer is and what it trains.")
        TrainerInfo trainer,

        @JsonPropertyDescription(
                "What the newest trainer was estimated to take before it began; not set where an accelerator computes.")
        Estimate estimate,

        @JsonPropertyDescription("How far training is.") Progress progress,

        @JsonPropertyDescription("The newest evaluation in short, for people.")
        String metric,

        @JsonPropertyDescription("The newest value of each metric on the evaluation data.")
        List<Metric> metrics,

        @JsonPropertyDescription("The checkpoints that are kept, oldest first.")
        List<Checkpoint> checkpoints,

        @JsonPropertyDescription("The adapted model, once it is written.")
        Result result) {

    /** Where a job stands. */
    public enum Phase {
        Pending,
        Queued,
        Preparing,
        Training,
        Evaluating,
        Suspended,
        Succeeded,
        Failed
    }

    /** The Kubernetes Job of an attempt. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record JobRef(
            @JsonPropertyDescription("Its name, in the same namespace.")
            String name) {}

    /** What a trainer is and what it trains. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TrainerInfo(
            @JsonPropertyDescription("Version of the trainer.")
            String version,

            @JsonPropertyDescription("What it computes on: cpu or gpu, with the name of the device.")
            String device,

            @JsonPropertyDescription("Weights of the model, as a count of numbers.")
            Long parameters,

            @JsonPropertyDescription("Those that are trained, as a count of numbers.")
            Long trainableParameters,

            @JsonPropertyDescription("The step of the checkpoint that it went on from; 0: none.")
            Integer resumedFrom) {}

    /** What a run was estimated to take before it began. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Estimate(
            @JsonPropertyDescription("Memory at most, as a quantity of bytes.")
            String peakMemory,

            @JsonPropertyDescription("Memory that the trainer's container or machine has, as a quantity of bytes.")
            String memory,

            @JsonPropertyDescription("The arrays of a checkpoint, as a quantity of bytes.")
            String checkpointSize,

            @JsonPropertyDescription("Where there is less memory than it takes: what to write instead.")
            String advice) {}

    /** How far training is. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Progress(
            @JsonPropertyDescription("The attempt that says so.")
            Integer attempt,

            @JsonPropertyDescription("Number of the report within the attempt; an older one never replaces a newer.")
            Long sequence,

            @JsonPropertyDescription("Optimiser steps done.")
            Integer step,

            @JsonPropertyDescription("Optimiser steps in all.")
            Integer totalSteps,

            @JsonPropertyDescription("step/totalSteps, for people, for example 240/600.")
            String steps,

            @JsonPropertyDescription("Passes over the training data, as a decimal.")
            String epoch,

            @JsonPropertyDescription("step of totalSteps in percent.")
            Integer percent,

            @JsonPropertyDescription("Tokens seen, padding left out.")
            Long tokens,

            @JsonPropertyDescription("Tokens a second over the last reports, padding left out.")
            Long tokensPerSecond,

            @JsonPropertyDescription("Training loss of the last step: mean cross entropy a token, in nats.")
            String loss,

            @JsonPropertyDescription("Learning rate of the last step.")
            String learningRate,

            @JsonPropertyDescription("L2 norm of the last step's gradient, before clipping.")
            String gradientNorm,

            @JsonPropertyDescription("Time left, for people, for example 4m10s.")
            String eta,

            @JsonPropertyDescription("When the trainer said so (RFC 3339).")
            String updatedAt) {}

    /** A metric on the evaluation data. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Metric(
            @JsonPropertyDescription("Its name, for example loss or perplexity.")
            String name,

            @JsonPropertyDescription("Its newest value, as a decimal.")
            String value,

            @JsonPropertyDescription("Its value before the first step, as a decimal.")
            String baseline,

            @JsonPropertyDescription("The step after which it was measured.")
            Integer step) {}

    /** A checkpoint that can be resumed from. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Checkpoint(
            @JsonPropertyDescription("The step after which it was saved.")
            Integer step,

            @JsonPropertyDescription("Its folder.") String uri,

            @JsonPropertyDescription("SHA-256 of its manifest, which holds those of its files: sha256:<hex>.")
            String digest,

            @JsonPropertyDescription("Its size, as a quantity of bytes.")
            String size,

            @JsonPropertyDescription("When it was saved (RFC 3339).")
            String time) {}

    /** The adapted model. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(
            @JsonPropertyDescription("Its folder.") String uri,

            @JsonPropertyDescription("adapter or merged.") Output.Form form,

            @JsonPropertyDescription("SHA-256 of its manifest, which holds those of its files: sha256:<hex>.")
            String digest) {}
}
