/** What a result tells of itself: the model card that goes with it, and its recipe in words. */
package dev.attune.trainer.sink.card;
