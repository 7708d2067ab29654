package dev.attune.operator.setup;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.Optional;

/** The operator's configuration; {@code operator/README.md} describes each setting. */
@ConfigMapping(prefix = "attune")
public interface Settings {

    TrainerSettings trainer();

    ReportSettings report();

    BackOffSettings backOff();

    LeaderElectionSettings leaderElection();

    /** Namespaces to watch; read by the framework, listed here so that no setting is unknown. */
    Optional<String> namespaces();

    interface TrainerSettings {
        String image();

        String imagePullPolicy();

        Duration grace();
    }

    interface ReportSettings {
        Optional<String> url();

        int seconds();

        @WithName("applies-per-second")
        int appliesPerSecond();
    }

    interface BackOffSettings {
        Duration base();

        Duration limit();
    }

    interface LeaderElectionSettings {
        boolean enabled();

        String lease();
    }
}
