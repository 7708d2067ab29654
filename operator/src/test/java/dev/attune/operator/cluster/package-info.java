/** An API server in memory, for tests of what talks to one. */
package dev.attune.operator.cluster;
