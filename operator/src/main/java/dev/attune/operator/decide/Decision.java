package dev.attune.operator.decide;

import dev.attune.api.FineTuneJobStatus;
import dev.attune.protocol.Report;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What shall hold next.
 *
 * @param status the operator's own fields of the status; empty: they are as they shall be
 * @param create the Job of a new attempt
 * @param delete names of Jobs to delete, each after its trainer had time to save
 * @param note an event to tell
 * @param report what the newest trainer left when it ended, unless the status knows it
 * @param again when to decide anew though nothing changes
 * @param expired whether the job is to be deleted, its time after the end being over
 */
public record Decision(
        Optional<FineTuneJobStatus> status,
        Optional<Job> create,
        List<String> delete,
        Optional<Note> note,
        Optional<Report> report,
        Optional<Duration> again,
        boolean expired) {

    static final Decision NOTHING = new Decision(
            Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), false);
}
