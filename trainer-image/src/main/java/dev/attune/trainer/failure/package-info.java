/** How a run gives up: what was wrong, where, and what to write instead, with the exit code that says if it's worth a retry. */
package dev.attune.trainer.failure;
