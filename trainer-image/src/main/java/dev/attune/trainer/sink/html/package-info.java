/** A run as one page to look at, which needs nothing but itself. */
package dev.attune.trainer.sink.html;
