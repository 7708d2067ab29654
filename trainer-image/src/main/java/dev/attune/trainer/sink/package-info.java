/** Where the events of a run go: the terminal, the operator, the pod's termination message. */
package dev.attune.trainer.sink;
