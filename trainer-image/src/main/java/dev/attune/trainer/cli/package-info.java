/** The commands: run, validate. */
package dev.attune.trainer.cli;
