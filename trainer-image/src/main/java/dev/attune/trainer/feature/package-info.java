/** The hidden states that a head reads: computed each time, or once and then remembered, in memory and on disk. */
package dev.attune.trainer.feature;
