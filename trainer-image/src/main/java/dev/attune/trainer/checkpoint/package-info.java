/**
 * Folders that are whole or not there: written aside, sealed by a manifest with the digest of every file, and verified
 * before they are trusted.
 */
package dev.attune.trainer.checkpoint;
