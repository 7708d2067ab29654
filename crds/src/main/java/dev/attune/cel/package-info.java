/** The part of CEL, the Common Expression Language, that rules on Kubernetes objects are written in; starts in milliseconds. */
package dev.attune.cel;
