/** A whole run, from a manifest to an adapted model: the plan, the start, the result, and the order of it all. */
package dev.attune.trainer.job;
