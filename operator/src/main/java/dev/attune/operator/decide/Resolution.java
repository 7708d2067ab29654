package dev.attune.operator.decide;

import dev.attune.api.DataSet;
import dev.attune.api.FineTuneJobSpec;
import dev.attune.operator.desired.Inputs;
import dev.attune.operator.desired.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What became of the places that a manifest names. */
sealed interface Resolution {

    /** All are there. */
    record Found(Inputs inputs) implements Resolution {}

    /**
     * Something is missing, and may come.
     *
     * @param again when to look for it, at the latest
     */
    record Waiting(String reason, String message, Duration again) implements Resolution {

        /** Its coming is watched, but for what only another job names. */
        static final Duration WATCHED = Duration.ofMinutes(2);

        /** Nothing tells of its coming. */
        static final Duration UNWATCHED = Duration.ofSeconds(15);
    }

    /** Something is missing, and never comes. */
    record Hopeless(String reason, String message) implements Resolution {}

    /**
     * Resolves the model and the adapter to go on from first, unless an earlier attempt did: a job goes on from what it began with, even when the job that made
     * that is gone or made anew. Then looks for each claim and ConfigMap in the order in which a manifest names
     * them.
     */
    static Resolution of(Observed seen) {
        var known = seen.status().models();
        var lineage = known == null ? Lineage.of(seen.job(), seen.others()) : new Lineage.Known(known);
        if (lineage instanceof Lineage.Unknown unknown) {
            return unknown.why();
        }
        var models = ((Lineage.Known) lineage).models();
        var adapter = seen.status().initialAdapter() == null
                ? Lineage.adapter(seen.job(), seen.others())
                : Optional.<Product>of(new Product.Available(seen.status().initialAdapter(), true));
        if (adapter.orElse(null) instanceof Product.Unavailable unavailable) {
            return unavailable.why();
        }
        var initial = adapter.map(there -> ((Product.Available) there).uri());
        var claims = new TreeMap<String, Boolean>();
        var configMaps = new TreeSet<String>();
        for (var use : uses(seen.job().getSpec(), models, initial)) {
            var place = Place.of(use.uri());
            var missing = use.missing(place, seen);
            if (missing.isPresent()) {
                return missing.get();
            }
            if (place.isClaim()) {
                claims.merge(place.name(), use.written(), Boolean::logicalOr);
            } else if (place.isConfigMap()) {
                configMaps.add(place.name());
            }
        }
        return new Found(new Inputs(models, initial, claims, configMaps));
    }

    private static List<Use> uses(FineTuneJobSpec spec, List<String> models, Optional<String> initial) {
        var uses = new ArrayList<Use>();
        models.forEach(model -> uses.add(new Use("spec.model.from", model, false)));
        initial.ifPresent(adapter -> uses.add(new Use(Lineage.INITIAL, adapter, false)));
        uses.addAll(Use.of("spec.data.train", spec.data().train()));
        uses.addAll(Use.of("spec.data.evaluation", spec.data().evaluation()));
        if (spec.checkpoints() != null && spec.checkpoints().to() != null) {
            uses.add(new Use("spec.checkpoints.to", spec.checkpoints().to(), true));
        }
        uses.add(new Use("spec.output.to", spec.output().to(), true));
        return uses;
    }

    /** A field that names a place. */
    record Use(String field, String uri, boolean written) {

        static List<Use> of(String field, List<DataSet> sets) {
            var uses = new ArrayList<Use>();
            if (sets != null) {
                sets.forEach(set -> uses.add(new Use(field + "[" + uses.size() + "].from", set.from(), false)));
            }
            return uses;
        }

        Optional<Resolution> missing(Place place, Observed seen) {
            var namespace = seen.job().getMetadata().getNamespace();
            if (place.isClaim() && !seen.claims().contains(place.name())) {
                return waiting(
                        "ClaimMissing",
                        Waiting.WATCHED,
                        "persistent volume claim '" + place.name() + "' in namespace '" + namespace
                                + "', which doesn't exist or is being deleted: create it");
            }
            if (place.isConfigMap() && !seen.configMaps().containsKey(place.name())) {
                return waiting(
                        "ConfigMapMissing",
                        Waiting.UNWATCHED,
                        "ConfigMap '" + place.name() + "', which doesn't exist in namespace '" + namespace
                                + "': create it");
            }
            if (place.isConfigMap() && !seen.configMaps().get(place.name()).contains(place.rest())) {
                return waiting(
                        "ConfigMapMissing",
                        Waiting.UNWATCHED,
                        "key '" + place.rest() + "' of ConfigMap '" + place.name() + "', which has no such key but "
                                + new TreeSet<>(seen.configMaps().get(place.name())) + ": add it");
            }
            return Optional.empty();
        }

        private Optional<Resolution> waiting(String reason, Duration again, String message) {
            return Optional.of(new Waiting(reason, field + " names " + message, again));
        }
    }
}
