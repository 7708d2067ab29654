package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;

/** A weight that training changes: its name in the file it is saved to, and whether weight decay is for it. */
public record Trainable(String name, NDArray array, boolean decays) {}
