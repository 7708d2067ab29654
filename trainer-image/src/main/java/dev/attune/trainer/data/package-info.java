/** From the files that a manifest names to padded batches of token ids, the same ones for the same recipe. */
package dev.attune.trainer.data;
