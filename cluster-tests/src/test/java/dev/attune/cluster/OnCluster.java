package dev.attune.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests of a real cluster with Attune on it; a parameter of type {@link Cluster} or {@link Space} gets the one cluster of
 * the run, or the test's own namespace. Skipped, loudly, where no cluster can start.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ClusterExtension.class)
@interface OnCluster {}
