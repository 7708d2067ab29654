package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API server takes what can run, and refuses what never can by the name of the field that is wrong. */
@OnCluster
class ApiRulesIT {

    /** The same manifests that the check without a cluster is held to. */
    private static final Path MANIFESTS = Command.REPOSITORY.resolve("crds/src/test/resources/manifests");

    /** A field of the spec that the head of an invalid manifest names. */
    private static final Pattern FIELD = Pattern.compile("^# (spec[^: ]*)", Pattern.MULTILINE);

    private static final String RECIPE = """
            apiVersion: attune.dev/v1alpha1
            kind: FineTuneJob
            metadata: {name: recipe}
            spec:
              model: {from: pvc://models/tiny}
              data: {train: [{from: pvc://data/train.jsonl}]}
              objective: {instruction: {}}
              method: {lora: {}}
              output: {to: pvc://work/out}
              suspend: true
            """;

    /** Namespaces that manifests name. */
    @BeforeAll
    static void makeNamespaces(Cluster cluster) {
        Space.create(cluster, "support");
        Space.create(cluster, "models");
    }

    static Stream<Path> examples() throws IOException {
        return Files.walk(Command.REPOSITORY.resolve("examples"))
                .filter(file -> file.endsWith("job.yaml") || file.endsWith("pretrain.yaml"))
                .sorted();
    }

    static Stream<Path> valid() throws IOException {
        return Files.list(MANIFESTS.resolve("valid")).sorted();
    }

    /** All but the one with a key that is set twice, of which kubectl sends the last alone. */
    static Stream<Path> invalid() throws IOException {
        return Files.list(MANIFESTS.resolve("invalid"))
                .filter(file -> !file.endsWith("duplicate-key.yaml"))
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("valid")
    void validManifestIsTaken(Path manifest, Cluster cluster) {
        create(manifest, cluster).output();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleIsTaken(Path manifest, Cluster cluster) {
        create(manifest, cluster).output();
    }

    @Test
    void editionFromGitIsTaken(Cluster cluster) {
        var manifests = Command.of("kubectl", "kustomize", "examples/gitops/overlays/production")
                .output();
        assertThat(manifests).contains("name: faq-v2");
        cluster.kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-")
                .reading(manifests)
                .output();
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void invalidManifestIsRefusedByFieldName(Path manifest, Cluster cluster) throws IOException {
        var answer = create(manifest, cluster).run();
        assertThat(answer.exitCode()).as(answer.told()).isNotZero();
        var fields = FIELD.matcher(Files.readString(manifest))
                .results()
                .map(head -> head.group(1))
                .toList();
        if (!fields.isEmpty()) {
            assertThat(answer.told()).containsAnyOf(fields.toArray(String[]::new));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{method: {lora: {rank: 4}}}",
                "{training: {seed: 1}}",
                "{evaluation: {every: 5}}",
                "{checkpoints: {every: 5}}",
                "{trainer: {image: other}}",
                "{activeDeadlineSeconds: 9}",
                "{output: {to: pvc://work/elsewhere}}",
                "{data: {train: [{from: pvc://data/other.jsonl}]}}"
            })
    void recipeCannotBeChanged(String change, Space space) {
        space.apply(RECIPE);
        var answer = patch(space, change).run();
        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.told()).contains("spec").contains("create a job with another name");
    }

    @Test
    void switchesCanBeChanged(Space space) {
        space.apply(RECIPE);
        for (var change : List.of("{backoffLimit: 7}", "{ttlSecondsAfterFinished: 60}", "{suspend: false}")) {
            patch(space, change).output();
        }
    }

    @Test
    void defaultsAreWrittenIntoTheManifest(Space space) {
        space.apply(RECIPE);
        var spec = Yaml.read(space.kubectl("get", "ftj", "recipe", "-o", "yaml").output())
                .get("spec");
        assertThat(spec.at("/method/lora/dropout").asDouble()).isZero();
        assertThat(spec.at("/objective/instruction/lossOn").asText()).isEqualTo("completion");
        assertThat(spec.at("/training/batchSize").asInt()).isEqualTo(8);
        assertThat(spec.at("/training/schedule").asText()).isEqualTo("cosine");
        assertThat(spec.at("/checkpoints/keep").asInt()).isEqualTo(3);
        assertThat(spec.at("/backoffLimit").asInt()).isEqualTo(3);
    }

    @Test
    void kubectlExplainsAField(Cluster cluster) {
        assertThat(cluster.kubectl("explain", "finetunejob.spec.method.lora.rank")
                        .output())
                .contains("Rank r of the update");
    }

    private static Command create(Path manifest, Cluster cluster) {
        return cluster.kubectl("create", "--dry-run=server", "--validate=strict", "-f", manifest.toString());
    }

    private static Command patch(Space space, String spec) {
        return space.kubectl(
                "patch",
                "ftj",
                "recipe",
                "--type=merge",
                "-p",
                Yaml.read("{spec: %s}".formatted(spec)).toString());
    }
}
