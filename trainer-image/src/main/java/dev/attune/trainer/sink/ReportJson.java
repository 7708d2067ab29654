package dev.attune.trainer.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.attune.protocol.Report;
import dev.attune.protocol.Report.Failure;
import java.io.UncheckedIOException;

/** A report as JSON that is never too long for whoever takes it. */
final class ReportJson {

    private static final ObjectWriter WRITER = new ObjectMapper().writerFor(Report.class);
    private static final String CUT = "…";

    private ReportJson() {}

    /**
     * UTF-8 of at most {@code limit} bytes that parses as a report. What doesn't fit is left out in this order: the
     * oldest checkpoints, the end of the failure's message, the last metrics.
     */
    static byte[] ofAtMost(int limit, Report report) {
        var json = json(report);
        while (json.length > limit) {
            var shorter = shorter(report, json.length - limit);
            if (shorter.equals(report)) {
                throw new IllegalArgumentException(
                        "a report of %d bytes can't be cut to %d".formatted(json.length, limit));
            }
            report = shorter;
            json = json(report);
        }
        return json;
    }

    private static Report shorter(Report report, int excess) {
        var checkpoints = report.checkpoints();
        var metrics = report.metrics();
        var failure = report.failure();
        if (!checkpoints.isEmpty()) {
            checkpoints = checkpoints.subList(1, checkpoints.size());
        } else if (failure != null && failure.message().length() > CUT.length()) {
            failure = new Failure(failure.reason(), cut(failure.message(), excess));
        } else if (!metrics.isEmpty()) {
            metrics = metrics.subList(0, metrics.size() - 1);
        }
        return new Report(
                report.phase(),
                report.trainer(),
                report.estimate(),
                report.progress(),
                metrics,
                checkpoints,
                report.result(),
                failure);
    }

    /** Shorter by no more than {@code excess} bytes of JSON: a character takes at most six of them, as in backslash-u-0007. */
    private static String cut(String message, int excess) {
        var end = Math.max(0, message.length() - CUT.length() - Math.max(1, excess / 6));
        if (end > 0 && Character.isHighSurrogate(message.charAt(end - 1))) {
            end--;
        }
        return message.substring(0, end) + CUT;
    }

    private static byte[] json(Report report) {
        try {
            return WRITER.writeValueAsBytes(report);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
