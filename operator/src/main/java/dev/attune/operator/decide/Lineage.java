package dev.attune.operator.decide;

import dev.attune.api.FineTuneJob;
import dev.attune.operator.decide.Resolution.Hopeless;
import dev.attune.operator.decide.Resolution.Waiting;
import dev.attune.operator.desired.Place;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a job's model comes from, followed from job to job. */
public sealed interface Lineage {

    /**
     * @param models URIs of the model and, where that is an adapter, of what it adapts, and so on: the trainer reads them
     *     all, because an adapter's files name their base
     */
    record Known(List<String> models) implements Lineage {}

    /** The model isn't there. */
    record Unknown(Resolution why) implements Lineage {}

    static Lineage of(FineTuneJob job, Map<String, FineTuneJob> others) {
        var circle = circle(job, others);
        if (circle.isPresent()) {
            return new Unknown(new Hopeless(
                    "DependencyCycle",
                    "spec.model.from leads back to this job, " + circle.get()
                            + ", so that none of them can ever start: create one of them anew with another model"));
        }
        var models = new ArrayList<String>();
        for (var reader = job; ; ) {
            var from = reader.getSpec().model().from();
            var place = Place.of(from);
            if (!place.isJob()) {
                models.add(from);
                return new Known(models);
            }
            var other = others.get(place.name());
            if (other == null) {
                return new Unknown(new Waiting("DependencyMissing", missing(reader, place.name()), Waiting.WATCHED));
            }
            var product = Product.of(other, from, place.rest());
            if (product instanceof Product.Unavailable unavailable) {
                return new Unknown(unavailable.why());
            }
            var available = (Product.Available) product;
            models.add(available.uri());
            if (!available.adapter()) {
                return new Known(models);
            }
            reader = other;
        }
    }

    /** Name of the FineTuneJob that a job's model comes from. */
    static Optional<String> dependency(FineTuneJob job) {
        return Optional.of(Place.of(job.getSpec().model().from()))
                .filter(Place::isJob)
                .map(Place::name);
    }

    private static String missing(FineTuneJob reader, String name) {
        return "spec.model.from of FineTuneJob '" + reader.getMetadata().getName() + "' names FineTuneJob '" + name
                + "', which doesn't exist in namespace '" + reader.getMetadata().getNamespace() + "': create it";
    }

    /** The way from the job back to itself, written as {@code a → b → a}. */
    private static Optional<String> circle(FineTuneJob job, Map<String, FineTuneJob> others) {
        var start = job.getMetadata().getName();
        var way = new LinkedHashSet<>(List.of(start));
        var next = dependency(job);
        while (next.isPresent() && way.add(next.get())) {
            next = next.map(others::get).flatMap(Lineage::dependency);
        }
        return next.filter(start::equals).map(back -> String.join(" → ", way) + " → " + back);
    }
}
