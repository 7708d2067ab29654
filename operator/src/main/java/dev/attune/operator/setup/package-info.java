/** What the operator is put together from at start: its configuration, its leader election, its metrics. */
package dev.attune.operator.setup;
