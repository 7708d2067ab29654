/**
 * Checks a manifest without a cluster, by the custom resource definition's own schema and rules, as the API server would:
 * YAML with lines, defaults, structure, CEL.
 */
package dev.attune.schema;
