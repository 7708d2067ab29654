package dev.attune.operator.decide;

import dev.attune.api.FineTuneJob;
import dev.attune.operator.decide.Resolution.Hopeless;
import dev.attune.operator.decide.Resolution.Waiting;
import dev.attune.operator.desired.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Where a job's model comes from, followed from job to job, and where the adapter that it goes on from. */
public sealed interface Lineage {

    /** The field that names the adapter to go on from. */
    String INITIAL = "spec.method.lora.initialFrom";

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
                    "what this job starts from leads back to it, " + circle.get() + ", so that none of them can ever"
                            + " start: create one of them anew with another model or adapter"));
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
                return new Unknown(new Waiting(
                        "DependencyMissing", missing("spec.model.from", reader, place.name()), Waiting.WATCHED));
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

    /** The adapter that a job goes on from, where it names one. */
    static Optional<Product> adapter(FineTuneJob job, Map<String, FineTuneJob> others) {
        return initial(job).map(from -> {
            var place = Place.of(from);
            if (!place.isJob()) {
                return new Product.Available(from, true);
            }
            var other = others.get(place.name());
            return other == null
                    ? new Product.Unavailable(
                            new Waiting("DependencyMissing", missing(INITIAL, job, place.name()), Waiting.WATCHED))
                    : adapter(Product.of(other, from, place.rest()), from);
        });
    }

    private static Product adapter(Product product, String from) {
        return product instanceof Product.Available available && !available.adapter()
                ? new Product.Unavailable(new Hopeless(
                        "DependencyFailed",
                        INITIAL + ": " + from + " is a whole model, not an adapter: create a job with model.from: "
                                + from + ", or one that goes on from a job with output.form: adapter"))
                : product;
    }

    /** Names of the FineTuneJobs that a job's model and adapter come from. */
    static Stream<String> dependencies(FineTuneJob job) {
        return Stream.concat(Stream.of(job.getSpec().model().from()), initial(job).stream())
                .map(Place::of)
                .filter(Place::isJob)
                .map(Place::name)
                .distinct();
    }

    private static Optional<String> initial(FineTuneJob job) {
        return Optional.ofNullable(job.getSpec().method().lora()).map(lora -> lora.initialFrom());
    }

    private static String missing(String field, FineTuneJob reader, String name) {
        return field + " of FineTuneJob '" + reader.getMetadata().getName() + "' names FineTuneJob '" + name
                + "', which doesn't exist in namespace '" + reader.getMetadata().getNamespace() + "': create it";
    }

    /** The way from the job back to itself, written as {@code a → b → a}. */
    private static Optional<String> circle(FineTuneJob job, Map<String, FineTuneJob> others) {
        return way(job, job.getMetadata().getName(), others, new HashSet<>());
    }

    private static Optional<String> way(
            FineTuneJob from, String to, Map<String, FineTuneJob> others, Set<String> tried) {
        return dependencies(from)
                .filter(tried::add)
                .flatMap(next -> next.equals(to)
                        ? Stream.of(to)
                        : Optional.ofNullable(others.get(next))
                                .flatMap(other -> way(other, to, others, tried))
                                .stream())
                .findFirst()
                .map(rest -> from.getMetadata().getName() + " → " + rest);
    }
}
