/** What a trainer's Job shall be: a pure function from a FineTuneJob, an attempt's number and resolved places. */
package dev.attune.operator.desired;
