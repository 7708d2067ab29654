/**
 * What passes between the operator and a trainer's pod: the way in (environment, mounts), the way out (reports, exit
 * codes). Neither side depends on the other; both depend on this package.
 */
package dev.attune.protocol;
