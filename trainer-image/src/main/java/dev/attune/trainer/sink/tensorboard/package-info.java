/** Scalars of a run as TensorBoard reads them. */
package dev.attune.trainer.sink.tensorboard;
