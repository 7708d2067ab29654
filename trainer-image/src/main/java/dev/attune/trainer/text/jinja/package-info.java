/**
 * The part of Jinja2 that chat templates are written in, with Python's semantics; what isn't in it is refused, never
 * rendered otherwise.
 */
package dev.attune.trainer.text.jinja;
