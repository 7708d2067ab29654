/** SHA-256, by which files and recipes are recognised. */
package dev.attune.trainer.digest;
