/** What a run tells the world while it goes on. Everything that leaves the trainer is an event; sinks turn it into output. */
package dev.attune.trainer.event;
