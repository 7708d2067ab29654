package dev.attune.operator.desired;

import dev.attune.api.FineTuneJob;
import dev.attune.api.Trainer;
import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** The Kubernetes Job of one attempt. It is created and never changed. */
public final class TrainerJob {

    /** Label that hands a Job to Kueue, which then says when it starts. */
    public static final String KUEUE_QUEUE = "kueue.x-k8s.io/queue-name";

    private static final String KUEUE_PRIORITY = "kueue.x-k8s.io/priority-class";
    private static final String TEMPLATE_HASH = "attune.dev/template-hash";
    private static final long USER = 65532;
    private static final Trainer DEFAULTS = new Trainer(null, null, null, null, null, null, null, null, null);

    private TrainerJob() {}

    /**
     * The Job of an attempt.
     *
     * @param attempt its number, from 1
     * @param secondsLeft what is left of activeDeadlineSeconds; Kubernetes holds it even when no operator runs
     */
    public static Job of(
            FineTuneJob job, int attempt, Inputs inputs, OptionalLong secondsLeft, TrainerDefaults defaults) {
        var template = template(job, attempt, inputs, defaults);
        var queued = labels(job).containsKey(KUEUE_QUEUE);
        var labels = new LinkedHashMap<>(template.getMetadata().getLabels());
        Set.of(KUEUE_QUEUE, KUEUE_PRIORITY).stream()
                .sorted()
                .filter(labels(job)::containsKey)
                .forEach(label -> labels.put(label, labels(job).get(label)));
        return new JobBuilder()
                .withNewMetadata()
                .withName(name(job, attempt))
                .withNamespace(job.getMetadata().getNamespace())
                .withLabels(labels)
                .addToAnnotations(TEMPLATE_HASH, hash(template))
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion(job.getApiVersion())
                        .withKind(job.getKind())
                        .withName(job.getMetadata().getName())
                        .withUid(job.getMetadata().getUid())
                        .withController(true)
                        .withBlockOwnerDeletion(true)
                        .build())
                .endMetadata()
                .withNewSpec()
                .withSuspend(queued ? true : null)
                .withParallelism(1)
                .withCompletions(1)
                .withBackoffLimit(0)
                .withActiveDeadlineSeconds(secondsLeft.isPresent() ? secondsLeft.getAsLong() : null)
                .withPodFailurePolicy(FailureRules.policy())
                .withTemplate(template)
                .endSpec()
                .build();
    }

    /** Name of an attempt's Job. */
    public static String name(FineTuneJob job, int attempt) {
        return job.getMetadata().getName() + "-" + attempt;
    }

    private static PodTemplateSpec template(FineTuneJob job, int attempt, Inputs inputs, TrainerDefaults defaults) {
        var trainer = job.getSpec().trainer() == null ? DEFAULTS : job.getSpec().trainer();
        var volumes = Volumes.of(inputs);
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .addToLabels("app.kubernetes.io/name", "attune-trainer")
                .addToLabels("app.kubernetes.io/instance", job.getMetadata().getName())
                .addToLabels("app.kubernetes.io/component", "trainer")
                .addToLabels("app.kubernetes.io/part-of", "attune")
                .addToLabels("app.kubernetes.io/managed-by", "attune-operator")
                .addToLabels(TrainerPod.JOB_LABEL, job.getMetadata().getName())
                .addToLabels(TrainerPod.ATTEMPT_LABEL, String.valueOf(attempt))
                .addToAnnotations(TrainerPod.MANIFEST_ANNOTATION, Manifest.of(job, inputs))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(defaults.grace().toSeconds())
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withServiceAccountName(unlessEmpty(trainer.serviceAccountName()))
                .withPriorityClassName(unlessEmpty(trainer.priorityClassName()))
                .withRuntimeClassName(unlessEmpty(trainer.runtimeClassName()))
                .withNodeSelector(trainer.nodeSelector())
                .withTolerations(trainer.tolerations())
                .withAffinity(trainer.affinity())
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withFsGroup(USER)
                .withFsGroupChangePolicy("OnRootMismatch")
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName(TrainerPod.CONTAINER)
                .withImage(unlessEmpty(trainer.image()) == null ? defaults.image() : trainer.image())
                .withImagePullPolicy(defaults.imagePullPolicy())
                .withEnv(env(job, attempt, trainer, defaults))
                .withResources(resources(trainer.resources()))
                .withTerminationMessagePath(TrainerPod.TERMINATION_MESSAGE)
                .withTerminationMessagePolicy("File")
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withVolumeMounts(volumes.mounts())
                .endContainer()
                .withVolumes(volumes.volumes())
                .endSpec()
                .build();
    }

    /** The job's own variables, and after them ours, which win. */
    private static List<EnvVar> env(FineTuneJob job, int attempt, Trainer trainer, TrainerDefaults defaults) {
        var ours = new ArrayList<EnvVar>();
        ours.add(variable(TrainerPod.ATTEMPT, String.valueOf(attempt)));
        defaults.reportUrl().ifPresent(base -> {
            ours.add(variable(TrainerPod.REPORT_URL, reportUrl(base, job)));
            ours.add(variable(
                    TrainerPod.REPORT_SECONDS,
                    String.valueOf(defaults.reportInterval().toSeconds())));
        });
        var taken = ours.stream().map(EnvVar::getName).toList();
        var all = new ArrayList<EnvVar>();
        if (trainer.env() != null) {
            trainer.env().stream()
                    .filter(variable -> !taken.contains(variable.getName()))
                    .forEach(all::add);
        }
        all.addAll(ours);
        return all;
    }

    private static String reportUrl(String base, FineTuneJob job) {
        return base.replaceAll("/+$", "") + TrainerPod.REPORT_PATH + "/"
                + job.getMetadata().getNamespace() + "/" + job.getMetadata().getName();
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    /** Requests that aren't given are the limits: the API server sees to it. */
    private static ResourceRequirements resources(Trainer.Resources resources) {
        return resources == null
                ? null
                : new ResourceRequirementsBuilder()
                        .withLimits(resources.limits())
                        .withRequests(resources.requests())
                        .build();
    }

    private static Map<String, String> labels(FineTuneJob job) {
        var labels = job.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }

    private static String unlessEmpty(String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    private static String hash(PodTemplateSpec template) {
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest(Manifest.text(template).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
