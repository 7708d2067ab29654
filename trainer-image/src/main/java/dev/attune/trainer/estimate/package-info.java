/**
 * What a job will take, told before it runs: {@link dev.attune.trainer.estimate.Outline} says in plain numbers what is to be
 * done, {@link dev.attune.trainer.estimate.Estimator} what that costs, and {@link dev.attune.trainer.estimate.Speed} how fast
 * this machine does it.
 */
package dev.attune.trainer.estimate;
