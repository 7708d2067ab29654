package dev.attune.operator.setup;

import dev.attune.operator.decide.BackOff;
import dev.attune.operator.decide.Decide;
import dev.attune.operator.desired.TrainerDefaults;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the parts that have no annotations of their own from the settings. */
@Singleton
class Assembly {

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Decide decide(Settings settings) {
        var trainer = settings.trainer();
        return new Decide(
                new TrainerDefaults(
                        trainer.image(),
                        trainer.imagePullPolicy(),
                        trainer.grace(),
                        settings.report().url(),
                        Duration.ofSeconds(settings.report().seconds())),
                new BackOff(settings.backOff().base(), settings.backOff().limit()));
    }

    /** The framework binds none by itself. */
    @Produces
    @Singleton
    Metrics metrics(MeterRegistry registry) {
        return MicrometerMetricsV2.newBuilder(registry).build();
    }

    /** Prometheus wants of one name one set of tags; the framework gives an event with a resource one tag more than others. */
    @Produces
    @Singleton
    MeterFilter sameTagsOnAllEvents() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().equals("events.received") && id.getTag("action") == null
                        ? id.withTag(Tag.of("action", "NONE"))
                        : id;
            }
        };
    }

    /** Null switches the election off. */
    @Produces
    @Dependent
    LeaderElectionConfiguration leaderElection(
            Settings settings, @ConfigProperty(name = "POD_NAMESPACE") Optional<String> namespace) {
        if (!settings.leaderElection().enabled()) {
            return null;
        }
        // One that lost the lease must not go on beside the next leader: it stops, and is started anew as a follower.
        // The
        // framework's own way to exit waits for itself where the process is stopping already.
        var lease = LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(
                        settings.leaderElection().lease())
                .withLeaderCallbacks(new LeaderCallbacks(() -> {}, () -> Quarkus.asyncExit(1), leader -> {}));
        namespace.ifPresent(lease::withLeaseNamespace);
        return lease.build();
    }
}
