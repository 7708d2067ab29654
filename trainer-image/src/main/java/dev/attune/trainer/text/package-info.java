/** From a model folder's tokenizer files to token ids and back, and from a chat to the text that the model knows it by. */
package dev.attune.trainer.text;
