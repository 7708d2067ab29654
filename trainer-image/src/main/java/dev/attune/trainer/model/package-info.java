/**
 * A model as a Hugging Face folder holds it: configuration, weights, and the {@link dev.attune.trainer.model.Network}
 * that an architecture's mathematics is written against.
 */
package dev.attune.trainer.model;
