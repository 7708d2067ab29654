package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;

/** The pod that trains. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Trainer(
        @Size(max = 512)
        @JsonPropertyDescription("Image of the trainer, for example"
                + " registry.example.com/attune-trainer:0.1.0. Unset: the one of the operator's own version.")
        String image,

        @JsonPropertyDescription("CPU, memory and accelerators of the trainer's container, for example {limits:"
                + " {nvidia.com/gpu: 1, memory: 24Gi}}. The trainer uses a GPU when the pod has one and its image"
                + " can, and says in status.trainer.device which it took.")
        Resources resources,

        @JsonPropertyDescription("Labels that a node must have for the trainer to be placed there, for example"
                + " {accelerator: h100}.")
        Map<String, String> nodeSelector,

        @JsonPropertyDescription("Taints of nodes that the trainer puts up with, for example"
                + " [{key: nvidia.com/gpu, operator: Exists}].")
        List<Toleration> tolerations,

        @JsonPropertyDescription("Rules of placement beyond nodeSelector, as in a pod.")
        Affinity affinity,

        @Size(max = 253)
        @JsonPropertyDescription(
                "Priority class of the trainer's pod, for example batch-low. Unset: the cluster's default.")
        String priorityClassName,

        @Size(max = 253)
        @JsonPropertyDescription(
                "Runtime class of the trainer's pod, for example nvidia. Unset: the" + " cluster's default.")
        String runtimeClassName,

        @Size(max = 253)
        @JsonPropertyDescription("Service account of the trainer's pod; no token of it is mounted. Unset: default.")
        String serviceAccountName,

        @Size(max = 64)
        @JsonPropertyDescription("Further environment variables of the trainer's container, for example"
                + " [{name: OMP_NUM_THREADS, value: '8'}].")
        List<EnvVar> env) {

    /** What the container may take and is sure to get. */
    @SchemaCustomizer(value = Quantities.class, input = "limits")
    @SchemaCustomizer(value = Quantities.class, input = "requests")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Resources(
            @JsonPropertyDescription("The most that the container may take, by resource name, for example"
                    + " {nvidia.com/gpu: 1, memory: 24Gi}.")
            Map<String, Quantity> limits,

            @JsonPropertyDescription("What the container is sure to get, by resource name, for example"
                    + " {cpu: 4, memory: 16Gi}. Unset: the limits.")
            Map<String, Quantity> requests) {}
}
