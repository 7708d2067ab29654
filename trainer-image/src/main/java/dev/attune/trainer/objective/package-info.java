/** What is learnt: from a network and a batch to a sum of losses, registered in {@link dev.attune.trainer.objective.Objectives}. */
package dev.attune.trainer.objective;
