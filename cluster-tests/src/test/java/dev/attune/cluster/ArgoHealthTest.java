package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script by which Argo CD tells how a FineTuneJob stands. */
class ArgoHealthTest {

    private static final List<String> CONDITIONS =
            List.of("Ready", "Progressing", "Suspended", "Complete", "Failed", "Stalled");

    @ParameterizedTest(name = "{1} of generation {0}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    2 | Progressing    | Progressing | why
                    2 | Suspended      | Suspended   | why
                    2 | Ready Complete | Healthy     | why
                    2 | Failed Stalled | Degraded    | why
                    1 | Ready Complete | Progressing | waiting for Attune's operator
                    """)
    void healthFollowsTheConditionsOfTheNewestSpec(int observed, String holding, String health, String message) {
        var conditions = CONDITIONS.stream()
                .map(type -> "{type: %s, status: '%s', message: why}"
                        .formatted(type, holding.contains(type) ? "True" : "False"))
                .collect(Collectors.joining(", ", "[", "]"));
        assertHealth("{observedGeneration: %d, conditions: %s}".formatted(observed, conditions), health, message);
    }

    @Test
    void jobThatNoOperatorHasSeenIsProgressing() {
        assertHealth("{}", "Progressing", "waiting for Attune's operator");
    }

    private static void assertHealth(String status, String health, String message) {
        assertThat(ArgoHealth.of(Yaml.read("{metadata: {generation: 2}, status: %s}".formatted(status))))
                .isEqualTo(new ArgoHealth(health, message));
    }
}
