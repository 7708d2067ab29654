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

/** How the model is adapted; a union with exactly one member set. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SchemaCustomizer(value = ExactlyOne.class, input = "method: {lora: {rank: 8}}")
public record Method(
        @JsonPropertyDescription(
                "Full fine-tuning: every weight is trained, or those that are named. Needs memory for gradients and two"
                        + " moments of every weight, about four times the model.")
        Full full,

        @JsonPropertyDescription("LoRA (https://arxiv.org/abs/2106.09685): the model is frozen, and beside chosen"
                + " linear layers a low-rank update B·A is trained. The result is a small adapter in PEFT's format.")
        Lora lora,

        @JsonPropertyDescription("IA3 (https://arxiv.org/abs/2205.05638): the model is frozen, and what chosen linear"
                + " layers give or take is scaled by learned vectors. The smallest adapter of all, in PEFT's format.")
        Ia3 ia3,

        @JsonPropertyDescription(
                "VeRA (https://arxiv.org/abs/2310.11454): the model is frozen, and beside chosen linear"
                        + " layers stands a low-rank update whose matrices are random and the same for all of them; two vectors a"
                        + " layer, which scale it, are trained. A tenth of LoRA's parameters, in PEFT's format.")
        Vera vera,

        @JsonPropertyDescription(
                "A linear probe: the model is frozen, and the last linear layer of the head is trained by"
                        + " L-BFGS on features that the model computes once. Takes seconds, tells what a model already knows, and"
                        + " is the measure for every other method. Every step sees all examples (training.batchSize has no"
                        + " say), training.epochs or steps bound the steps (unset: 100; it ends when it has converged), and"
                        + " training.weightDecay λ adds λ/2·‖W‖² to the mean loss.")
        LinearProbe linearProbe,

        @JsonPropertyDescription("A head: that of the task is trained, on features that the frozen model computes once;"
                + " or, with unfreezeLayers, the model's uppermost layers with it (transfer learning).")
        Head head,

        @JsonPropertyDescription("Prompt tuning (https://arxiv.org/abs/2104.08691): the model is frozen, and embeddings"
                + " of virtual tokens in front of every text are trained: the fewest parameters of all. The result is in"
                + " PEFT's format.")
        PromptTuning promptTuning,

        @JsonPropertyDescription("Prefix tuning (https://arxiv.org/abs/2101.00190): the model is frozen, and keys and"
                + " values in front of every text are trained in each layer. The result is in PEFT's format.")
        PrefixTuning prefixTuning,

        @JsonPropertyDescription("Bottleneck adapters (https://arxiv.org/abs/1902.00751): the model is frozen, and"
                + " small networks inside its layers are trained. The result is in the format of the adapters library.")
        Adapter adapter) {

    /** Full fine-tuning. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Full(
            @Size(min = 1, max = 64)
            @JsonPropertyDescription("Patterns of the names of the weights that are trained, in which * stands for any"
                    + " letters and ? for one, for example [\"model.layers.2?.*\", \"*norm.weight\"]; all others are"
                    + " frozen. A new head that is to be trained must be named, too. Unset: every weight.")
            List<@Size(min = 1, max = 256) String> train) {}

    /** The last layer of the head. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LinearProbe() {}

    /** The head, and layers below it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Head(
            @Default("0")
            @Min(0)
            @Max(1024)
            @JsonPropertyDescription(
                    "How many of the model's uppermost layers are trained with the head, for example 2."
                            + " 0 trains the head alone, on features that are computed once and kept.")
            Integer unfreezeLayers) {}

    /** Low-rank adaptation. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
            value = "!has(self.alpha) || self.alpha > 0.0",
            message = "must be above 0, for example 16",
            fieldPath = ".alpha")
    @ValidationRule(
            value = "!has(self.alphaPattern) || self.alphaPattern.all(k, self.alphaPattern[k] > 0.0)",
            message = "each must be above 0, for example {q_proj: 32}",
            fieldPath = ".alphaPattern")
    @ValidationRule(
            value = "!has(self.rankPattern) || self.rankPattern.all(k, k.matches('^[A-Za-z0-9_.]+$'))",
            message = "write the last parts of layers' names, as in {q_proj: 16}",
            fieldPath = ".rankPattern")
    @ValidationRule(
            value = "!has(self.alphaPattern) || self.alphaPattern.all(k, k.matches('^[A-Za-z0-9_.]+$'))",
            message = "write the last parts of layers' names, as in {q_proj: 32}",
            fieldPath = ".alphaPattern")
    @ValidationRule(
            value = "!(has(self.initialFrom) && (has(self.rankPattern) || has(self.alphaPattern)))",
            message =
                    "an adapter to go on from brings its own ranks and alphas: leave rankPattern and alphaPattern out",
            fieldPath = ".initialFrom")
    @ValidationRule(
            value = "!has(self.initialFrom)"
                    + " || self.initialFrom.matches('^(pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/.*)?|file:///.+"
                    + "|job://[a-z0-9]([-a-z0-9]*[a-z0-9])?)$')",
            message = "write pvc://claim/path, file:///path, or job://name",
            fieldPath = ".initialFrom")
    public record Lora(
            @Min(1)
            @Max(1024)
            @JsonPropertyDescription("Rank r of the update: A is r × in, B is out × r. A higher rank holds more change"
                    + " and costs more memory; 8 to 64 is usual. Unset: 8, or that of initialFrom.")
            Integer rank,

            @JsonPropertyDescription("The update is scaled by alpha / rank, for example 16. Unset: the rank, so that"
                    + " the scale is 1, or that of initialFrom.")
            Double alpha,

            @Default("0.0")
            @Min(0)
            @Max(value = 1, inclusive = false)
            @JsonPropertyDescription("Probability with which an input of the update is dropped in training, against"
                    + " overfitting on little data, for example 0.05.")
            Double dropout,

            @Size(min = 1, max = 64)
            @JsonPropertyDescription("Names of the layers to adapt, as the last part of their names in the model, for"
                    + " example [q_proj, v_proj]; linear layers and embeddings. [all-linear]: every linear layer but"
                    + " the output head. Unset: what is usual for the architecture (GPT-2: c_attn; Llama: q_proj,"
                    + " v_proj), or those of initialFrom.")
            List<@Size(min = 1, max = 128) String> targets,

            @JsonPropertyDescription("standard. rslora (https://arxiv.org/abs/2312.03732): scaled by alpha / √rank, for"
                    + " high ranks. dora (https://arxiv.org/abs/2402.09353): direction and magnitude of each row are"
                    + " learnt apart, which helps low ranks and costs time. Unset: standard, or that of initialFrom.")
            Variant variant,

            @Size(min = 1, max = 64)
            @JsonPropertyDescription("Other ranks for some of the layers, by the last part of their names, for example"
                    + " {q_proj: 16, layers.0.mlp.up_proj: 4}; the longest name that fits a layer counts.")
            Map<String, @Min(1) @Max(1024) Integer> rankPattern,

            @Size(min = 1, max = 64)
            @JsonPropertyDescription("Other alphas for some of the layers, as rankPattern. A layer with a rank of its"
                    + " own and no alpha has the alpha of all, or where that is unset its rank.")
            Map<String, Double> alphaPattern,

            @Size(min = 1, max = 1024)
            @JsonPropertyDescription("The folder of a LoRA adapter of this model to go on from, PEFT's or another"
                    + " job's: `pvc://claim/path`, `file:///path` without a cluster, or `job://name` for the adapter"
                    + " that another FineTuneJob of this namespace produced, which is waited for; for example job://tone."
                    + " What rank, alpha, targets and variant say must agree with it; unset ones are taken from it.")
            String initialFrom,

            @JsonPropertyDescription("How the frozen weights of linear layers are kept in memory, each restored when it"
                    + " is used; what a layer computes is computed again for its gradient rather than kept. nf4: 4.5"
                    + " bits a number (https://arxiv.org/abs/2305.14314). int8: 8.5 bits, closer to the model. Saves"
                    + " memory, costs time. Unset: 32 bits.")
            Quantization quantization) {

        /** How the update is scaled. */
        public enum Variant {
            @JsonProperty("standard")
            STANDARD,
            @JsonProperty("rslora")
            RSLORA,
            @JsonProperty("dora")
            DORA
        }

        /** How frozen weights are kept. */
        public enum Quantization {
            @JsonProperty("nf4")
            NF4,
            @JsonProperty("int8")
            INT8
        }
    }

    /** Scaling of activations by learned vectors. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Ia3(
            @Size(min = 1, max = 64)
            @JsonPropertyDescription("Names of the linear layers to scale, as the last part of their names in the"
                    + " model, for example [k_proj, v_proj, down_proj]. Unset: what is usual for the architecture"
                    + " (GPT-2: c_attn, mlp.c_proj; Llama: k_proj, v_proj, down_proj).")
            List<@Size(min = 1, max = 128) String> targets,

            @Size(max = 64)
            @JsonPropertyDescription("Those of the targets whose input is scaled rather than their output, for example"
                    + " [down_proj]. Unset: the last layer of the feed-forward network where targets is unset, too;"
                    + " else none.")
            List<@Size(min = 1, max = 128) String> feedForwardTargets) {}

    /** Vectors that scale a random low-rank update. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Vera(
            @Default("256")
            @Min(1)
            @Max(4096)
            @JsonPropertyDescription("Rank of the random matrices, for example 256. It costs one trained number a layer"
                    + " and rank, and computing time; higher than LoRA's is usual.")
            Integer rank,

            @Size(min = 1, max = 64)
            @JsonPropertyDescription(
                    "Names of the linear layers to adapt, as the last part of their names in the model,"
                            + " for example [q_proj, v_proj]. [all-linear]: every linear layer but the output head. Unset: those"
                            + " of LoRA.")
            List<@Size(min = 1, max = 128) String> targets) {}

    /** Virtual tokens in front of the input. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
            value = "!(has(self.init) && has(self.initialText))",
            message = "the text says how the virtual tokens start: set init or initialText, not both")
    public record PromptTuning(
            @Default("20")
            @Min(1)
            @Max(4096)
            @JsonPropertyDescription("How many virtual tokens. They take their room from what the model can read; 8 to"
                    + " 100 is usual.")
            Integer length,

            @JsonPropertyDescription("How the virtual tokens start. vocabulary: as tokens drawn from the model's"
                    + " vocabulary. random: as numbers drawn from N(0, 1). Unset: vocabulary, unless there is an"
                    + " initialText.")
            Init init,

            @Size(min = 1, max = 65536)
            @JsonPropertyDescription("The virtual tokens start as the tokens of this text, repeated or cut to length,"
                    + " for example a task's description: Classify the sentiment of this sentence.")
            String initialText) {

        /** How virtual tokens start where no text says so. */
        public enum Init {
            @JsonProperty("vocabulary")
            VOCABULARY,
            @JsonProperty("random")
            RANDOM
        }
    }

    /** Keys and values in front of those of the input, in every layer. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PrefixTuning(
            @Default("20")
            @Min(1)
            @Max(4096)
            @JsonPropertyDescription("How many keys and values are put in front. They take their room from what the"
                    + " model can read; 10 to 200 is usual.")
            Integer length,

            @JsonPropertyDescription("Trains the prefix through a small network, which is steadier at high learning"
                    + " rates; the result holds what the network gives. `{}` takes its default. Unset: the prefix itself"
                    + " is trained.")
            Projection projection) {

        /** The network that gives the prefix: linear, tanh, linear. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        public record Projection(
                @Min(1)
                @Max(65536)
                @JsonPropertyDescription("Width between the network's two layers, for example 512. Unset: the width of"
                        + " all keys of a token.")
                Integer hidden) {}
    }

    /** Small networks inside the layers. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Adapter(
            @Default("pfeiffer")
            @JsonPropertyDescription("Where the networks stand. pfeiffer: behind each feed-forward network. houlsby:"
                    + " behind each attention and each feed-forward network. parallel: beside each feed-forward network,"
                    + " scaled by 4.")
            Placement placement,

            @Min(1)
            @Max(65536)
            @JsonPropertyDescription("The model's width divided by the network's. Unset: 16; of parallel 2.")
            Integer reduction,

            @JsonPropertyDescription("The function between the network's two layers. Unset: relu; of houlsby swish.")
            Nonlinearity nonlinearity) {

        /** Where the networks stand. */
        public enum Placement {
            @JsonProperty("pfeiffer")
            PFEIFFER,
            @JsonProperty("houlsby")
            HOULSBY,
            @JsonProperty("parallel")
            PARALLEL
        }

        /** What is between a network's two layers. */
        public enum Nonlinearity {
            @JsonProperty("relu")
            RELU,
            @JsonProperty("gelu")
            GELU,
            @JsonProperty("swish")
            SWISH
        }
    }
}
