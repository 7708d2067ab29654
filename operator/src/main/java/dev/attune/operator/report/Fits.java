package dev.attune.operator.report;

import dev.attune.api.FineTuneJob;
import dev.attune.api.FineTuneJobStatus.Estimate;
import dev.attune.operator.condition.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** The condition that tells whether a run takes no more memory than its container has. */
final class Fits {

    private Fits() {}

    /** That of a job, by what its trainer estimated; {@code null} where it didn't. */
    static List<Condition> of(Estimate estimate, FineTuneJob job, Instant now) {
        return estimate == null
                ? null
                : bytes(estimate.peakMemory())
                        .flatMap(peak -> bytes(estimate.memory()).map(memory -> peak.compareTo(memory) <= 0))
                        .map(fits -> List.of(condition(fits, estimate, job, now)))
                        .orElse(null);
    }

    /** Empty where it is no quantity: a report may come from any image. */
    private static Optional<BigDecimal> bytes(String quantity) {
        try {
            return Optional.ofNullable(quantity).map(text -> Quantity.getAmountInBytes(new Quantity(text)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Condition condition(boolean fits, Estimate estimate, FineTuneJob job, Instant now) {
        var time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        return new Conditions(job.getStatus(), job.getMetadata().getGeneration(), time)
                .of(
                        Conditions.FITS,
                        fits,
                        fits ? "EnoughMemory" : "TooLittleMemory",
                        "by estimate it takes %s of memory, and its container or machine has %s%s"
                                .formatted(
                                        estimate.peakMemory(),
                                        estimate.memory(),
                                        estimate.advice() == null ? "" : ": " + estimate.advice()));
    }
}
