package dev.attune.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.attune.api.FineTuneJobStatus;
import dev.attune.api.FineTuneJobStatus.Checkpoint;
import dev.attune.api.FineTuneJobStatus.Estimate;
import dev.attune.api.FineTuneJobStatus.Metric;
import dev.attune.api.FineTuneJobStatus.Progress;
import dev.attune.api.FineTuneJobStatus.Result;
import dev.attune.api.FineTuneJobStatus.TrainerInfo;
import java.util.List;

/**
 * All that a trainer knows of itself at one moment, posted to the operator as JSON while it runs, and left as the
 * termination message when it ends. Each report is whole: a later one makes an earlier one needless. Reports are ordered
 * by {@code progress.attempt}, then {@code progress.sequence}, which a trainer counts up from the epoch milliseconds of its
 * start: a restarted one of the same attempt is newer.
 *
 * @param phase what it is at: Preparing, Training, Evaluating, Succeeded or Failed
 * @param trainer what it is and what it trains; absent until the model is loaded
 * @param estimate what it will take; absent until that is known, and where an accelerator computes
 * @param progress how far it is; always there
 * @param metrics newest value of each metric
 * @param checkpoints those that are kept, oldest first
 * @param result the adapted model, once it is written
 * @param failure why it ended, when it failed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
        FineTuneJobStatus.Phase phase,
        TrainerInfo trainer,
        Estimate estimate,
        Progress progress,
        List<Metric> metrics,
        List<Checkpoint> checkpoints,
        Result result,
        Failure failure) {

    /** Largest report that the operator accepts, in bytes. */
    public static final int MAX_BYTES = 64 * 1024;

    /** Largest termination message that a kubelet keeps, in bytes. */
    public static final int MAX_TERMINATION_BYTES = 4096;

    /**
     * Why a trainer gave up.
     *
     * @param reason one CamelCase word, for a condition, for example InvalidData, InvalidModel, Diverged
     * @param message what was wrong, where, and what to write instead
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Failure(String reason, String message) {}

    /** Whether this report is newer than the progress that is known ({@code null}: nothing is). */
    public boolean newerThan(Progress known) {
        if (known == null || known.attempt() == null || known.sequence() == null) {
            return true;
        }
        return progress.attempt() > known.attempt()
                || (progress.attempt().equals(known.attempt()) && progress.sequence() > known.sequence());
    }
}
