/** The safetensors format (https://github.com/huggingface/safetensors): memory-mapped reading, streaming writing. */
package dev.attune.trainer.safetensors;
