package dev.attune.trainer.sink;

/**
 * How the model goes on from a prompt, before training and now.
 *
 * @param before {@code null} when it wasn't asked then
 * @param after {@code null} when it wasn't asked since
 */
public record Sample(String prompt, String before, String after) {}
