/** Text from a model: greedy continuation with cached keys and values. */
package dev.attune.trainer.generate;
