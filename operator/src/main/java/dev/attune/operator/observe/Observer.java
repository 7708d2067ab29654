package dev.attune.operator.observe;

import dev.attune.api.FineTuneJob;
import dev.attune.operator.decide.Attempt;
import dev.attune.operator.decide.Lineage;
import dev.attune.operator.decide.Observed;
import dev.attune.operator.desired.Place;
import dev.attune.operator.desired.TrainerJob;
import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what a decision depends on: from the caches, and from the API server where a cache that lags would mislead. */
public record Observer(KubernetesClient client, Sources sources) {

    public Observed observe(FineTuneJob job) {
        var attempts = attempts(job);
        var namespace = job.getMetadata().getNamespace();
        var claims = sources.claims()
                .list(namespace, claim -> claim.getMetadata().getDeletionTimestamp() == null)
                .map(claim -> claim.getMetadata().getName())
                .collect(Collectors.toSet());
        var starting = !Observed.isOver(job) && attempts.stream().noneMatch(Attempt::occupied);
        return new Observed(job, attempts, claims, starting ? configMaps(job) : Map.of(), others(job));
    }

    private List<Attempt> attempts(FineTuneJob job) {
        var jobs = jobs(job);
        var pods = new TreeMap<Integer, List<Pod>>();
        var known = sources.pods().getSecondaryResources(job);
        var uids = jobs.values().stream().map(one -> one.getMetadata().getUid()).collect(Collectors.toSet());
        for (var pod : known) {
            var own = ownerUid(pod).filter(uids::contains).isPresent() || sinceCreationOf(job, pod);
            pods.computeIfAbsent(own ? number(pod) : Attempt.LEFT_OVER, any -> new ArrayList<>())
                    .add(pod);
        }
        var attempts = Stream.concat(jobs.keySet().stream(), pods.keySet().stream())
                .distinct()
                .sorted()
                .map(number -> new Attempt(number, jobs.get(number), pods.getOrDefault(number, List.of())))
                .collect(Collectors.toCollection(ArrayList::new));
        if (!attempts.isEmpty() && !Observed.isOver(job)) {
            attempts.add(certain(attempts.remove(attempts.size() - 1)));
        }
        return attempts;
    }

    /** The Jobs of the attempts, by number. */
    private Map<Integer, Job> jobs(FineTuneJob job) {
        var jobs = new HashMap<Integer, Job>();
        for (var one : sources.jobs().getSecondaryResources(job)) {
            if (ownerUid(one).equals(Optional.of(job.getMetadata().getUid()))) {
                jobs.put(number(one), one);
            }
        }
        // Two trainers must never write to the same places: that the newest Job is gone is asked, not inferred.
        var status = job.getStatus();
        if (status != null && status.jobRef() != null && !jobs.containsKey(status.attempts())) {
            var found = client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(job.getMetadata().getNamespace())
                    .withName(TrainerJob.name(job, status.attempts()))
                    .get();
            if (found != null
                    && ownerUid(found).equals(Optional.of(job.getMetadata().getUid()))) {
                jobs.put(status.attempts(), found);
            }
        }
        return jobs;
    }

    /** An attempt that ended, with its pod's end, even where that has not reached the cache: it says how the trainer ended. */
    private Attempt certain(Attempt attempt) {
        var known = attempt.terminated().isPresent() && !attempt.occupied();
        if (attempt.finish().isEmpty() || known) {
            return attempt;
        }
        var meta = attempt.job().getMetadata();
        var pods = client.pods()
                .inNamespace(meta.getNamespace())
                .withLabel("batch.kubernetes.io/controller-uid", meta.getUid())
                .list();
        return new Attempt(attempt.number(), attempt.job(), pods.getItems());
    }

    private Map<String, Set<String>> configMaps(FineTuneJob job) {
        var data = job.getSpec().data();
        return Stream.of(data.train(), data.evaluation())
                .filter(Objects::nonNull)
                .flatMap(Collection::stream)
                .map(set -> Place.of(set.from()))
                .filter(Place::isConfigMap)
                .map(Place::name)
                .distinct()
                .map(name -> client.configMaps()
                        .inNamespace(job.getMetadata().getNamespace())
                        .withName(name)
                        .get())
                .filter(Objects::nonNull)
                .collect(Collectors.toMap(map -> map.getMetadata().getName(), map -> {
                    var keys = new HashSet<String>();
                    Optional.ofNullable(map.getData()).map(Map::keySet).ifPresent(keys::addAll);
                    Optional.ofNullable(map.getBinaryData()).map(Map::keySet).ifPresent(keys::addAll);
                    return keys;
                }));
    }

    /** The jobs from which model and adapter come, and those from which theirs do. */
    private Map<String, FineTuneJob> others(FineTuneJob job) {
        var others = new HashMap<String, FineTuneJob>();
        addOthers(job, others);
        return others;
    }

    private void addOthers(FineTuneJob job, Map<String, FineTuneJob> others) {
        Lineage.dependencies(job)
                .filter(name -> !others.containsKey(name))
                .forEach(name -> sources.others()
                        .get(new ResourceID(name, job.getMetadata().getNamespace()))
                        .ifPresent(other -> {
                            others.put(name, other);
                            addOthers(other, others);
                        }));
    }

    private static boolean sinceCreationOf(FineTuneJob job, Pod pod) {
        return pod.getMetadata()
                        .getCreationTimestamp()
                        .compareTo(job.getMetadata().getCreationTimestamp())
                >= 0;
    }

    private static int number(HasMetadata resource) {
        return Integer.parseInt(resource.getMetadata().getLabels().get(TrainerPod.ATTEMPT_LABEL));
    }

    private static Optional<String> ownerUid(HasMetadata resource) {
        return resource.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getUid)
                .findFirst();
    }
}
