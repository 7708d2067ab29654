package dev.attune.trainer.sink;

import java.time.Instant;

/**
 * Whose reports these are. All sinks of a trainer share one, so that they number their reports alike.
 *
 * @param number of the attempt, from 1
 * @param start when this trainer began; its reports are numbered from this time's epoch milliseconds on, so that those of a
 *     trainer which takes over the same attempt in a new pod are newer than those of the one before
 */
public record Attempt(int number, Instant start) {}
