package dev.attune.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.api.FineTuneJob;
import dev.attune.protocol.ExitCode;
import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainers' Jobs as committed files: {@code NAME.in.yaml} gives {@code NAME.job.yaml}. {@code -Dattune.update} writes them anew. */
class TrainerJobTest {

    private static final Path FILES = Path.of("src/test/resources/dev/attune/operator/desired");

    @Test
    void smallestJob() throws IOException {
        assertGolden(
                "smallest",
                1,
                inputs("pvc://work/model", Map.of("work", true)),
                OptionalLong.empty(),
                defaults(Optional.empty()));
    }

    @Test
    void everythingThatAPodMayBeGivenReachesIt() throws IOException {
        assertGolden(
                "everything",
                3,
                new Inputs(
                        List.of("pvc://models/base"),
                        Optional.empty(),
                        new TreeMap<>(Map.of("models", false, "data.sets", false, "work", true, "results", true)),
                        new TreeSet<>(Set.of("prompts", "more.prompts"))),
                OptionalLong.of(86_000),
                defaults(Optional.of("http://attune-operator.attune-system.svc:8080/")));
    }

    @Test
    void kueueIsHandedASuspendedJob() throws IOException {
        assertGolden(
                "kueue",
                1,
                inputs("pvc://work/model", Map.of("work", true)),
                OptionalLong.empty(),
                defaults(Optional.of("http://operator:8080")));
    }

    @Test
    void modelOfAnotherJobIsResolvedAndItsBaseMounted() throws IOException {
        assertGolden(
                "dependency",
                2,
                inputs("pvc://adapters/first", Map.of("adapters", false, "origin", false, "work", true)),
                OptionalLong.empty(),
                defaults(Optional.of("http://operator:8080")));
    }

    @ParameterizedTest
    @CsvSource({
        "Container trainer for pod a/b failed with exit code 64 matching FailJob rule at index 0, INVALID",
        "Container trainer for pod a/b failed with exit code 143 matching FailJob rule at index 1, INTERRUPTED",
        "Pod a/b has condition DisruptionTarget matching FailJob rule at index 2, INTERRUPTED",
        "Container trainer for pod a/b failed with exit code 75 matching FailJob rule at index 3, UNAVAILABLE",
    })
    void conditionOfAFailedJobTellsHowItsTrainerEnded(String message, ExitCode ending) {
        assertThat(FailureRules.ending(message)).contains(ending);
    }

    @Test
    void conditionWithoutARuleTellsNothing() {
        assertThat(FailureRules.ending("Job has reached the specified backoff limit"))
                .isEmpty();
        assertThat(FailureRules.ending("rule at index 17")).isEmpty();
        assertThat(FailureRules.ending(null)).isEmpty();
    }

    @Test
    void variablesOfAManifestDoNotReplaceOurs() throws IOException {
        var job = TrainerJob.of(
                job("everything"),
                3,
                inputs("pvc://work/model", Map.of()),
                OptionalLong.empty(),
                defaults(Optional.of("http://operator:8080")));
        assertThat(job.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv())
                .filteredOn(variable -> variable.getName().equals(TrainerPod.ATTEMPT))
                .singleElement()
                .satisfies(variable -> assertThat(variable.getValue()).isEqualTo("3"));
    }

    @Test
    void graceThatIsTooShortToSaveIsRefused() {
        assertThatThrownBy(() -> new TrainerDefaults(
                        "i", "Always", Duration.ofSeconds(59), Optional.empty(), Duration.ofSeconds(30)))
                .hasMessageContaining("attune.trainer.grace")
                .hasMessageContaining("60s");
    }

    private static void assertGolden(
            String name, int attempt, Inputs inputs, OptionalLong secondsLeft, TrainerDefaults defaults)
            throws IOException {
        var actual = Serialization.asYaml(TrainerJob.of(job(name), attempt, inputs, secondsLeft, defaults));
        var golden = FILES.resolve(name + ".job.yaml");
        if (System.getProperty("attune.update") != null) {
            Files.writeString(golden, actual);
        }
        assertThat(golden)
                .as("run with -Dattune.update to renew it, and read the difference")
                .hasContent(actual);
    }

    private static FineTuneJob job(String name) throws IOException {
        return Serialization.unmarshal(Files.readString(FILES.resolve(name + ".in.yaml")), FineTuneJob.class);
    }

    private static Inputs inputs(String model, Map<String, Boolean> claims) {
        return new Inputs(List.of(model), Optional.empty(), new TreeMap<>(claims), new TreeSet<>());
    }

    private static TrainerDefaults defaults(Optional<String> reportUrl) {
        return new TrainerDefaults(
                "attune-trainer:0.1.0", "IfNotPresent", Duration.ofMinutes(2), reportUrl, Duration.ofSeconds(30));
    }
}
