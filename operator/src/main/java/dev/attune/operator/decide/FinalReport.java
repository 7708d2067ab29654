package dev.attune.operator.decide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.attune.protocol.Report;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import java.util.Optional;

/** The report that a trainer leaves as its termination message. */
final class FinalReport {

    /** A newer trainer's report may hold more than this operator knows. */
    private static final ObjectReader REPORT = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build()
            .readerFor(Report.class);

    private FinalReport() {}

    /** Empty while the trainer runs, and when what it left is no report: a killed trainer leaves none, or half of one. */
    static Optional<Report> of(Attempt attempt) {
        return attempt.terminated()
                .map(ContainerStateTerminated::getMessage)
                .flatMap(FinalReport::parse)
                .filter(report -> report.progress() != null
                        && report.progress().sequence() != null
                        && Integer.valueOf(attempt.number())
                                .equals(report.progress().attempt()));
    }

    private static Optional<Report> parse(String message) {
        try {
            return Optional.ofNullable(REPORT.readValue(message));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
