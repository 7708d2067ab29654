/** The loop: steps of an optimiser over micro-batches, on a schedule, and what is measured, kept and told between them. */
package dev.attune.trainer.train;
