/** Text from a model: greedy, with cached keys and values. */
package dev.attune.trainer.generate;
