/** Takes the trainers' reports over HTTP, in every replica, and applies the newest of each job to the trainer's fields of the status. */
package dev.attune.operator.report;
