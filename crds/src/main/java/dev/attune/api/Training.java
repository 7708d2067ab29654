package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;

/** Length, speed and size of training. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SchemaCustomizer(value = CountOrAuto.Bounds.class, input = "microBatchSize")
@ValidationRule(value = "!(has(self.epochs) && has(self.steps))", message = "set epochs or steps, not both")
@ValidationRule(
        value = "!has(self.epochs) || self.epochs > 0.0",
        message = "must be above 0, for example 3",
        fieldPath = ".epochs")
@ValidationRule(
        value = "!has(self.learningRate) || self.learningRate > 0.0",
        message = "must be above 0, for example 2e-4",
        fieldPath = ".learningRate")
@ValidationRule(
        value = "!has(self.microBatchSize) || self.microBatchSize == 'auto' || !has(self.batchSize)"
                + " || self.batchSize % self.microBatchSize == 0",
        message = "must divide batchSize, so that every step sees batchSize examples, or be auto",
        fieldPath = ".microBatchSize")
@ValidationRule(
        value = "!has(self.warmup) || self.warmup < 1.0 || double(int(self.warmup)) == self.warmup",
        message = "must be a fraction below 1, for example 0.03, or a whole number of steps",
        fieldPath = ".warmup")
public record Training(
        @JsonPropertyDescription(
                "Passes over the training data, for example 2 or 0.5. Exclusive with steps. Both unset:"
                        + " 3 passes; of a linearProbe 100.")
        Double epochs,

        @Min(1)
        @Max(Integer.MAX_VALUE)
        @JsonPropertyDescription("Optimiser steps, for example 1000. Exclusive with epochs.")
        Integer steps,

        @Default("8")
        @Min(1)
        @Max(1048576)
        @JsonPropertyDescription("Examples per optimiser step, accumulation included. It decides what is learnt;"
                + " microBatchSize decides how much memory that takes.")
        Integer batchSize,

        @SchemaFrom(type = IntOrString.class)
        @Default("auto")
        @JsonPropertyDescription("Examples computed at once; gradients are accumulated up to batchSize. Smaller needs"
                + " less memory and gives the same result, but that dropout is drawn otherwise. auto: the most that"
                + " there is memory for, by estimate and, where that comes close, by a trial. A number must divide"
                + " batchSize.")
        CountOrAuto microBatchSize,

        @Max(10)
        @JsonPropertyDescription(
                "Highest learning rate of the schedule, for example 1e-4. Unset: what is usual for the method (full:"
                        + " 2e-5; lora: 2e-4; head: 1e-3, with unfreezeLayers 5e-5; promptTuning: 3e-2;"
                        + " prefixTuning: 1e-2; adapter: 1e-4; ia3: 3e-3; vera: 4e-3).")
        Double learningRate,

        @Default("cosine")
        @JsonPropertyDescription("How the learning rate goes after the warm-up. constant: stays. linear: falls to 0 in"
                + " a line. cosine: falls to 0 in half a cosine.")
        Schedule schedule,

        @Default("0.03")
        @Min(0)
        @JsonPropertyDescription("Steps in which the learning rate rises from 0: below 1 a fraction of all steps, for"
                + " example 0.03; from 1 on a number of steps, for example 100.")
        Double warmup,

        @Default("adamw")
        @JsonPropertyDescription(
                "What moves the weights. adamw: 8 bytes of moments for each number that is trained."
                        + " adamw8bit: 2 bytes, rounded at random, and a little slower on a CPU. A linearProbe has L-BFGS in any case.")
        Optimizer optimizer,

        @Default("0.01")
        @Min(0)
        @Max(1)
        @JsonPropertyDescription("Decoupled weight decay of AdamW; biases and norm weights are left out. For a"
                + " linearProbe the L2 penalty λ: scikit-learn's C is 1 / (λ · examples).")
        Double weightDecay,

        @Default("1.0")
        @Min(0)
        @JsonPropertyDescription("Gradients are scaled down to this total L2 norm where they exceed it; 0 leaves them.")
        Double gradientClip,

        @Default("1024")
        @Min(2)
        @Max(1048576)
        @JsonPropertyDescription(
                "Tokens of an example at most; what is longer is cut. Never above what the model was made for.")
        Integer sequenceLength,

        @Default("false")
        @JsonPropertyDescription(
                "Whether a layer leaves nothing for its gradient but what went in, and is computed again"
                        + " when the gradient is due: memory for about a third more time, and the same result, but that dropout is drawn otherwise. On a quantised"
                        + " model it is always so; where a head alone is trained it has no say.")
        Boolean gradientCheckpointing,

        @Default("fp32")
        @JsonPropertyDescription(
                "What is multiplied in. fp32: 32 bits a number. bf16: 16 bits; weights that aren't trained"
                        + " are kept in 16 as well, those that are, their gradients, norms and losses stay fp32. It pays off where"
                        + " it is fast, on a GPU, or a CPU with AMX; on another CPU fp32 is used, which is faster there.")
        Precision precision,

        @Default("17")
        @Min(0)
        @Max(0x1p53)
        @JsonPropertyDescription("Seed of everything random: data order, held-out share, new weights, dropout. The same"
                + " recipe with the same seed on the same hardware gives the same weights.")
        Long seed) {

    /** What moves the weights. */
    public enum Optimizer {
        @JsonProperty("adamw")
        ADAMW,
        @JsonProperty("adamw8bit")
        ADAMW8BIT
    }

    /** What is multiplied in. */
    public enum Precision {
        @JsonProperty("fp32")
        FP32,
        @JsonProperty("bf16")
        BF16
    }

    /** Course of the learning rate after the warm-up. */
    public enum Schedule {
        @JsonProperty("constant")
        CONSTANT,
        @JsonProperty("linear")
        LINEAR,
        @JsonProperty("cosine")
        COSINE
    }
}
