/** The conditions of a job's status, as the reconciler and the trainer's reports make and read them. */
package dev.attune.operator.condition;
