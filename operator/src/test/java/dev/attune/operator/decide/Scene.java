package dev.attune.operator.decide;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Phase;
import dev.attune.api.FineTuneJobStatus.Progress;
import dev.attune.operator.condition.Conditions;
import dev.attune.operator.desired.TrainerDefaults;
import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A cluster of one job, told in a few words, that takes over what is decided. */
final class Scene {

    /** What the trainer tells beside the reconciler's conditions. */
    private static final Condition FITS =
            Serialization.unmarshal("---\n{type: Fits, status: 'True', reason: EnoughMemory}", Condition.class);

    static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

    private static final TrainerDefaults DEFAULTS = new TrainerDefaults(
            "trainer:1", "IfNotPresent", Duration.ofMinutes(2), Optional.empty(), Duration.ofSeconds(30));
    private static final BackOff BACK_OFF = new BackOff(Duration.ofSeconds(10), Duration.ofMinutes(5));

    final Decide decide = new Decide(DEFAULTS, BACK_OFF);
    final FineTuneJob job;
    final Map<String, FineTuneJob> others = new HashMap<>();
    final Set<String> claims = new HashSet<>(Set.of("work"));
    final Map<String, Set<String>> configMaps = new HashMap<>();
    private final Map<Integer, Job> jobs = new TreeMap<>();
    private final Map<Integer, List<Pod>> pods = new TreeMap<>();
    Instant now = START;

    private Scene(FineTuneJob job) {
        this.job = job;
    }

    /** @param more members of the spec, as YAML in flow style, that come over the least spec */
    static Scene of(String... more) {
        return new Scene(job("tune", more));
    }

    /** One whose first attempt has begun. */
    static Scene begun(String... more) {
        var scene = of(more);
        scene.step();
        return scene;
    }

    static FineTuneJob job(String name, String... more) {
        var spec = new HashMap<String, String>();
        spec.put("model", "{from: 'pvc://work/model'}");
        spec.put("data", "{train: [{from: 'pvc://work/train.jsonl'}]}");
        spec.put("objective", "{instruction: {}}");
        spec.put("method", "{lora: {}}");
        spec.put("output", "{to: 'pvc://work/out'}");
        spec.put("backoffLimit", "3");
        for (var member : more) {
            var colon = member.indexOf(':');
            spec.put(member.substring(0, colon), member.substring(colon + 1));
        }
        var yaml = new StringBuilder("apiVersion: attune.dev/v1alpha1\nkind: FineTuneJob\n" + "metadata: {name: " + name
                + ", namespace: team, uid: 11111111-" + name + ", generation: 1}\nspec:\n");
        spec.forEach((key, value) ->
                yaml.append("  ").append(key).append(": ").append(value).append('\n'));
        return Serialization.unmarshal(yaml.toString(), FineTuneJob.class);
    }

    Scene after(Duration time) {
        now = now.plus(time);
        return this;
    }

    Observed observed() {
        var numbers = new TreeMap<Integer, Attempt>();
        jobs.forEach((number, one) ->
                numbers.put(number, new Attempt(number, one, pods.getOrDefault(number, List.of()))));
        pods.forEach((number, some) -> numbers.putIfAbsent(number, new Attempt(number, null, some)));
        return new Observed(job, List.copyOf(numbers.values()), claims, configMaps, others);
    }

    /** Decides, and takes over what was decided: the status, the Job that was created. */
    Decision step() {
        var decision = decide.decide(observed(), now);
        decision.status().ifPresent(status -> job.setStatus(merged(status)));
        decision.create().ifPresent(created -> jobs.put(number(created), created));
        return decision;
    }

    FineTuneJobStatus status() {
        return job.getStatus();
    }

    Condition condition(String type) {
        return Conditions.find(status(), type).orElseThrow();
    }

    /** The newest Job got a pod whose trainer runs. */
    Scene running(int number) {
        jobs.computeIfPresent(
                number,
                (any, one) -> new JobBuilder(one)
                        .withNewStatus()
                        .withStartTime(now.toString())
                        .endStatus()
                        .build());
        pods.put(number, new ArrayList<>(List.of(pod(number, "Running", running()))));
        return this;
    }

    Scene waiting(int number, String reason, String message) {
        running(number);
        var state = new ContainerStateBuilder()
                .withNewWaiting()
                .withReason(reason)
                .withMessage(message)
                .endWaiting()
                .build();
        pods.put(number, List.of(pod(number, "Pending", state)));
        return this;
    }

    Scene unschedulable(int number, String message) {
        running(number);
        pods.put(
                number,
                List.of(new PodBuilder(pod(number, "Pending", null))
                        .editStatus()
                        .withContainerStatuses()
                        .addNewCondition()
                        .withType("PodScheduled")
                        .withStatus("False")
                        .withReason("Unschedulable")
                        .withMessage(message)
                        .endCondition()
                        .endStatus()
                        .build()));
        return this;
    }

    /** The trainer ended, and Kubernetes saw it. */
    Scene exited(int number, int code, String reason, String message) {
        return terminated(number, code, reason, message)
                .finished(
                        number, code == 0 ? "Complete" : "Failed", "BackoffLimitExceeded", "Job has reached its limit");
    }

    /** The trainer ended, and its Job doesn't say so yet. */
    Scene terminated(int number, int code, String reason, String message) {
        var phase = code == 0 ? "Succeeded" : "Failed";
        var state = new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(code)
                .withReason(reason)
                .withMessage(message)
                .endTerminated()
                .build();
        pods.put(number, List.of(pod(number, phase, state)));
        return this;
    }

    Scene exited(int number, int code) {
        return exited(number, code, code == 0 ? "Completed" : "Error", null);
    }

    Scene disrupted(int number) {
        pods.put(
                number,
                List.of(new PodBuilder(pods.get(number).get(0))
                        .editStatus()
                        .withPhase("Failed")
                        .addNewCondition()
                        .withType("DisruptionTarget")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build()));
        return this;
    }

    Scene podGone(int number) {
        pods.remove(number);
        return this;
    }

    Scene finished(int number, String type, String reason, String message) {
        jobs.computeIfPresent(
                number,
                (any, one) -> new JobBuilder(one)
                        .editOrNewStatus()
                        .addNewCondition()
                        .withType(type)
                        .withStatus("True")
                        .withReason(reason)
                        .withMessage(message)
                        .withLastTransitionTime(now.toString())
                        .endCondition()
                        .endStatus()
                        .build());
        return this;
    }

    /** Somebody deleted the Job; it waits for its pods. */
    Scene deleting(int number) {
        jobs.computeIfPresent(
                number,
                (any, one) -> new JobBuilder(one)
                        .editMetadata()
                        .withDeletionTimestamp(now.toString())
                        .endMetadata()
                        .build());
        return this;
    }

    Scene gone(int number) {
        jobs.remove(number);
        pods.remove(number);
        return this;
    }

    Scene jobGone(int number) {
        jobs.remove(number);
        return this;
    }

    /** Kueue says whether the Job may run. */
    Scene admitted(int number) {
        jobs.computeIfPresent(
                number,
                (any, one) -> new JobBuilder(one)
                        .editSpec()
                        .withSuspend(false)
                        .endSpec()
                        .build());
        return this;
    }

    /** The trainer's report has been applied. */
    Scene reported(int attempt, Phase phase) {
        var old = status();
        job.setStatus(new FineTuneJobStatus(
                old.observedGeneration(),
                phase,
                Stream.concat(old.conditions().stream(), Stream.of(FITS))
                        .distinct()
                        .toList(),
                old.method(),
                old.startTime(),
                old.completionTime(),
                old.attempts(),
                old.failures(),
                old.activeSeconds(),
                old.jobRef(),
                old.models(),
                old.initialAdapter(),
                old.trainer(),
                old.estimate(),
                Serialization.unmarshal("---\n{attempt: " + attempt + ", sequence: 1, step: 5}", Progress.class),
                old.metric(),
                old.metrics(),
                old.checkpoints(),
                old.result()));
        return this;
    }

    Scene spec(String... more) {
        job.setSpec(job("tune", more).getSpec());
        job.getMetadata().setGeneration(job.getMetadata().getGeneration() + 1);
        return this;
    }

    Scene label(String name, String value) {
        job.getMetadata().setLabels(Map.of(name, value));
        return this;
    }

    /** Another job, with a status given as YAML. */
    Scene other(FineTuneJob other, String status) {
        other.setStatus(Serialization.unmarshal("---\n" + status, FineTuneJobStatus.class));
        others.put(other.getMetadata().getName(), other);
        return this;
    }

    static String failed(String message) {
        return "{phase: Failed, conditions: [{type: Failed, status: 'True', reason: Any, message: '" + message + "'}]}";
    }

    static String complete(String result) {
        return "{phase: Succeeded, conditions: [{type: Complete, status: 'True', reason: Succeeded}], result: " + result
                + "}";
    }

    private FineTuneJobStatus merged(FineTuneJobStatus own) {
        var old = observed().status();
        return new FineTuneJobStatus(
                own.observedGeneration(),
                own.phase() == null ? old.phase() : own.phase(),
                Stream.concat(own.conditions().stream(), fits(old)).toList(),
                own.method(),
                own.startTime(),
                own.completionTime(),
                own.attempts(),
                own.failures(),
                own.activeSeconds(),
                own.jobRef(),
                own.models(),
                own.initialAdapter(),
                old.trainer(),
                old.estimate(),
                old.progress(),
                old.metric(),
                old.metrics(),
                old.checkpoints(),
                own.result() == null ? old.result() : own.result());
    }

    private static Stream<Condition> fits(FineTuneJobStatus status) {
        return Stream.ofNullable(status.conditions()).flatMap(List::stream).filter(FITS::equals);
    }

    private static ContainerState running() {
        return new ContainerStateBuilder().withNewRunning().endRunning().build();
    }

    private Pod pod(int number, String phase, ContainerState state) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("tune-" + number + "-abc")
                .withCreationTimestamp(now.toString())
                .endMetadata()
                .withNewStatus()
                .withPhase(phase)
                .addNewContainerStatus()
                .withName(TrainerPod.CONTAINER)
                .withState(state)
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static int number(Job created) {
        return Integer.parseInt(created.getMetadata().getLabels().get(TrainerPod.ATTEMPT_LABEL));
    }
}
