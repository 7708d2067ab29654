/**
 * Arrays with gradients: the operations that networks are written in, scopes that free memory, and the tie to libtorch.
 * The only package that knows DJL's engine.
 */
package dev.attune.trainer.tensor;
