package dev.attune.operator.desired;

import java.time.Duration;
import java.util.Optional;

/**
 * What the operator's configuration says of every trainer.
 *
 * @param image image of trainers whose job names none
 * @param imagePullPolicy Always, IfNotPresent or Never
 * @param grace time between SIGTERM and SIGKILL, in which a trainer saves a checkpoint
 * @param reportUrl base URL of the operator's report endpoint; empty: trainers post nothing
 * @param reportInterval time between a trainer's posts at least
 */
public record TrainerDefaults(
        String image, String imagePullPolicy, Duration grace, Optional<String> reportUrl, Duration reportInterval) {

    private static final Duration SHORTEST_GRACE = Duration.ofSeconds(60);

    public TrainerDefaults {
        if (grace.compareTo(SHORTEST_GRACE) < 0) {
            throw new IllegalArgumentException("attune.trainer.grace is " + grace.toSeconds()
                    + " s, too short to save a checkpoint: give 60s or more");
        }
    }
}
