/** Images, chart and operator together on a real Kubernetes, as a user meets them: through kubectl and Helm. */
package dev.attune.cluster;
