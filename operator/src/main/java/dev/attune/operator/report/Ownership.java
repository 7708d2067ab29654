package dev.attune.operator.report;

import dev.attune.api.FineTuneJob;
import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which pod may speak for which job: one that carries the job's label and that the job's own Job made. The label alone would not
 * do, since who may create pods may label them.
 */
@ApplicationScoped
class Ownership {

    private final KubernetesClient client;

    Ownership(KubernetesClient client) {
        this.client = client;
    }

    /** Number of the attempt that the pod is the trainer of; empty: it isn't a trainer of this job. */
    OptionalInt attempt(Caller caller, FineTuneJob job) {
        var meta = job.getMetadata();
        if (!caller.namespace().equals(meta.getNamespace())) {
            return OptionalInt.empty();
        }
        return Optional.ofNullable(client.pods()
                        .inNamespace(caller.namespace())
                        .withName(caller.name())
                        .get())
                .filter(pod -> pod.getMetadata().getUid().equals(caller.uid()))
                .filter(pod -> meta.getName().equals(label(pod, TrainerPod.JOB_LABEL)))
                .filter(pod -> owner(pod, "Job")
                        .map(owner -> client.batch()
                                .v1()
                                .jobs()
                                .inNamespace(caller.namespace())
                                .withName(owner.name())
                                .get())
                        .filter(owner -> isOwner(owner, "Job", pod) && isOwner(job, job.getKind(), owner))
                        .isPresent())
                .map(pod -> OptionalInt.of(Integer.parseInt(label(pod, TrainerPod.ATTEMPT_LABEL))))
                .orElse(OptionalInt.empty());
    }

    private record Owner(String name, String uid) {}

    private static boolean isOwner(HasMetadata owner, String kind, HasMetadata owned) {
        return owner(owned, kind)
                .map(Owner::uid)
                .equals(Optional.of(owner.getMetadata().getUid()));
    }

    private static Optional<Owner> owner(HasMetadata owned, String kind) {
        return owned.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()) && kind.equals(owner.getKind()))
                .map(owner -> new Owner(owner.getName(), owner.getUid()))
                .findFirst();
    }

    private static String label(HasMetadata resource, String name) {
        var labels = resource.getMetadata().getLabels();
        return labels == null ? null : labels.get(name);
    }
}
