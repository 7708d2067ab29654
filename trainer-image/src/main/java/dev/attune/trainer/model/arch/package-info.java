/** The architectures, one file of mathematics each, registered in {@link dev.attune.trainer.model.arch.Architectures}. */
package dev.attune.trainer.model.arch;
