/** Reads what a decision depends on, from caches that are kept by watches, and says which jobs a change concerns. */
package dev.attune.operator.observe;
