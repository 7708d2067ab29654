package dev.attune.operator.decide;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.JobRef;
import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.api.Method;
import dev.attune.operator.condition.Conditions;
import dev.attune.operator.desired.Inputs;
import dev.attune.protocol.Report;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of the status that the operator decides; the others are the trainer's, and null here. Two fields have both for
 * writers, one after the other: the phase is the trainer's to tell from its first report of an attempt until the attempt's
 * end, and the result is known to the trainer first and confirmed when the job is complete.
 */
final class OwnStatus {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private OwnStatus() {}

    static FineTuneJobStatus of(Observed seen, Ledger ledger, Step step, Instant now) {
        var standing = step.standing();
        var old = seen.status();
        var time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        var generation = seen.job().getMetadata().getGeneration();
        var started = ledger.attempts() > 0;
        return new FineTuneJobStatus(
                generation,
                standing.phase(),
                standing.conditions(new Conditions(old, generation, time)),
                method(seen.job().getSpec().method()),
                first(old.startTime(), seen.newest().flatMap(Attempt::started).map(Instant::toString)),
                standing.over() ? first(old.completionTime(), Optional.of(time)) : null,
                started ? ledger.attempts() : null,
                started ? ledger.failures() : null,
                started ? ledger.activeSeconds() : null,
                jobRef(seen, ledger, standing),
                step.begun().map(Inputs::models).orElse(old.models()),
                step.begun().flatMap(Inputs::adapter).orElse(old.initialAdapter()),
                null,
                null,
                null,
                null,
                null,
                null,
                standing.kind() == Standing.Kind.COMPLETE ? result(seen) : null);
    }

    /** Whether {@code wanted} says what {@code known} doesn't, or no longer says what it does. */
    static boolean differs(FineTuneJobStatus wanted, FineTuneJobStatus known) {
        return !wanted.equals(new FineTuneJobStatus(
                known.observedGeneration(),
                wanted.phase() == null ? null : known.phase(),
                conditions(known),
                known.method(),
                known.startTime(),
                known.completionTime(),
                known.attempts(),
                known.failures(),
                known.activeSeconds(),
                known.jobRef(),
                known.models(),
                known.initialAdapter(),
                null,
                null,
                null,
                null,
                null,
                null,
                wanted.result() == null ? null : known.result()));
    }

    private static List<Condition> conditions(FineTuneJobStatus known) {
        return known.conditions() == null
                ? null
                : known.conditions().stream()
                        .filter(condition -> !condition.getType().equals(Conditions.FITS))
                        .toList();
    }

    /** The Job of an attempt that goes on; when all is over, the last one's, whose log is of interest. */
    private static JobRef jobRef(Observed seen, Ledger ledger, Standing standing) {
        var name = standing.over()
                ? seen.newest().map(Attempt::job).map(job -> job.getMetadata().getName())
                : ledger.running();
        return name.map(JobRef::new).orElse(standing.over() ? seen.status().jobRef() : null);
    }

    private static Result result(Observed seen) {
        return seen.newest()
                .flatMap(FinalReport::of)
                .map(Report::result)
                .orElse(seen.status().result());
    }

    private static String first(String known, Optional<String> otherwise) {
        return known == null ? otherwise.orElse(null) : known;
    }

    /** Name of the member that is set. */
    private static String method(Method method) {
        return JSON.convertValue(method, new TypeReference<Map<String, Object>>() {}).keySet().stream()
                .findFirst()
                .orElse(null);
    }
}
