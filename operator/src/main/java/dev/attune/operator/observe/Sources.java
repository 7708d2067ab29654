package dev.attune.operator.observe;

import dev.attune.api.FineTuneJob;
import dev.attune.operator.decide.Lineage;
import dev.attune.operator.desired.Place;
import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The caches. Jobs and pods concern the FineTuneJob that their label names; a claim, and a FineTuneJob as the origin of
 * another's model or adapter, concern those that name them, which indexes find.
 */
public record Sources(
        InformerEventSource<Job, FineTuneJob> jobs,
        InformerEventSource<Pod, FineTuneJob> pods,
        InformerEventSource<PersistentVolumeClaim, FineTuneJob> claims,
        InformerEventSource<FineTuneJob, FineTuneJob> others) {

    /** Resources in a page of a list: a list of all at once would take more memory than all that is kept of them. */
    public static final long PAGE = 500;

    private static final String BY_CLAIM = "claim";
    private static final String BY_DEPENDENCY = "dependency";

    public static Sources of(EventSourceContext<FineTuneJob> context) {
        var primaries = context.getPrimaryCache();
        primaries.addIndexers(Map.of(
                BY_CLAIM, index(job -> places(job).filter(Place::isClaim).map(Place::name)),
                BY_DEPENDENCY, index(job -> Lineage.dependencies(job))));
        Function<String, Function<HasMetadata, Set<ResourceID>>> naming = index -> changed ->
                primaries.byIndex(index, key(changed, changed.getMetadata().getName())).stream()
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet());
        return new Sources(
                labelled(Job.class, context),
                labelled(Pod.class, context),
                named(PersistentVolumeClaim.class, naming.apply(BY_CLAIM)::apply, context),
                named(FineTuneJob.class, naming.apply(BY_DEPENDENCY)::apply, context));
    }

    public List<EventSource<?, FineTuneJob>> all() {
        return List.of(jobs, pods, claims, others);
    }

    private static Function<FineTuneJob, List<String>> index(Function<FineTuneJob, Stream<String>> names) {
        return job -> names.apply(job).map(name -> key(job, name)).distinct().toList();
    }

    private static String key(HasMetadata near, String name) {
        return near.getMetadata().getNamespace() + "/" + name;
    }

    private static Stream<Place> places(FineTuneJob job) {
        var spec = job.getSpec();
        return Stream.of(
                        Stream.of(spec.model().from(), spec.output().to()),
                        Stream.ofNullable(spec.method().lora()).map(lora -> lora.initialFrom()),
                        Stream.ofNullable(spec.checkpoints()).map(checkpoints -> checkpoints.to()),
                        Stream.of(
                                        Optional.ofNullable(spec.data().train()),
                                        Optional.ofNullable(spec.data().evaluation()))
                                .flatMap(Optional::stream)
                                .flatMap(List::stream)
                                .map(set -> set.from()))
                .flatMap(uris -> uris)
                .flatMap(Stream::ofNullable)
                .map(Place::of);
    }

    private static <R extends HasMetadata> InformerEventSource<R, FineTuneJob> labelled(
            Class<R> type, EventSourceContext<FineTuneJob> context) {
        var configuration = InformerEventSourceConfiguration.from(type, FineTuneJob.class)
                .withLabelSelector(TrainerPod.JOB_LABEL)
                .withInformerListLimit(PAGE)
                .withSecondaryToPrimaryMapper(changed -> Set.of(new ResourceID(
                        changed.getMetadata().getLabels().get(TrainerPod.JOB_LABEL),
                        changed.getMetadata().getNamespace())))
                .build();
        return new InformerEventSource<>(configuration, context);
    }

    private static <R extends HasMetadata> InformerEventSource<R, FineTuneJob> named(
            Class<R> type, SecondaryToPrimaryMapper<R> mapper, EventSourceContext<FineTuneJob> context) {
        // Read by name, never by primary: the second mapper keeps the framework from holding an index for that.
        var configuration = InformerEventSourceConfiguration.from(type, FineTuneJob.class)
                .withInformerListLimit(PAGE)
                .withSecondaryToPrimaryMapper(mapper)
                .withPrimaryToSecondaryMapper(primary -> Set.of())
                .build();
        return new InformerEventSource<>(configuration, context);
    }
}
