/**
 * How a model is adapted, a file each: a decorator over the network, its own parameters and its file format; registered
 * in {@link dev.attune.trainer.method.Methods}.
 */
package dev.attune.trainer.method;
