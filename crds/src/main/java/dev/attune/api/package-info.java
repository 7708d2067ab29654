/** The API {@code attune.dev/v1alpha1}: the types that the custom resource definition is generated from. */
package dev.attune.api;
