/** From the URIs of a manifest to folders and files of this machine. */
package dev.attune.trainer.place;
