/**
 * From what was observed of a job and the time to what shall hold next: a pure function, which knows no cluster. Its input
 * is {@link dev.attune.operator.decide.Observed}, its output {@link dev.attune.operator.decide.Decision}.
 */
package dev.attune.operator.decide;
