package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the chart renders, and what it says of itself. */
@OnCluster
class ChartIT {

    @Test
    void chartIsCleanForLint() {
        assertThat(Command.of("helm", "lint", "--strict", "helm/attune").output())
                .contains("0 chart(s) failed");
    }

    @Test
    void rightsAreThoseThatTheOperatorDocuments() throws IOException {
        var documented = documentedRules();
        var rendered = new ArrayList<>(rulesOf(render(), "ClusterRole", "attune-system:attune"));
        rendered.addAll(rulesOf(render(), "Role", "attune-leader"));
        assertThat(rendered).containsExactlyInAnyOrderElementsOf(documented);
    }

    @Test
    void watchedNamespacesGetARoleEachAndTheClusterNone() {
        var chart = render("watchNamespaces={red,blue}");
        assertThat(rulesOf(chart, "ClusterRole", "attune-system:attune"))
                .extracting(rule -> rule.at("/resources/0").asText())
                .containsExactly("tokenreviews");
        assertThat(chart)
                .filteredOn(document -> document.at("/kind").asText().equals("Role"))
                .extracting(document -> document.at("/metadata/namespace").asText())
                .containsExactlyInAnyOrder("red", "blue", "attune-system");
    }

    @Test
    void disruptionBudgetComesWithTheSecondReplica() {
        assertThat(kinds(render())).doesNotContain("PodDisruptionBudget");
        assertThat(kinds(render("replicas=2"))).contains("PodDisruptionBudget");
    }

    @Test
    void definitionIsKeptUnlessToldOtherwise() {
        var policy = "/metadata/annotations/helm.sh~1resource-policy";
        assertThat(only(render(), "CustomResourceDefinition").at(policy).asText())
                .isEqualTo("keep");
        assertThat(only(render("crds.keep=false"), "CustomResourceDefinition")
                        .at(policy)
                        .isMissingNode())
                .isTrue();
        assertThat(kinds(render("crds.install=false"))).doesNotContain("CustomResourceDefinition");
    }

    @Test
    void digestWinsOverTag() {
        var digest = "sha256:" + "a".repeat(64);
        var image = "/spec/template/spec/containers/0/image";
        assertThat(only(render("image.tag=v1", "image.digest=" + digest), "Deployment")
                        .at(image)
                        .asText())
                .isEqualTo("attune-operator@" + digest);
    }

    @Test
    void unknownOrBadValueIsRefusedByName() {
        for (var bad : Map.of("replicsa=2", "replicsa", "replicas=0", "replicas", "image.digest=1234", "image.digest")
                .entrySet()) {
            var answer = template(bad.getKey()).run();
            assertThat(answer.exitCode()).as(bad.getKey()).isNotZero();
            assertThat(answer.told()).contains(bad.getValue().replace('.', '/').replaceAll(".*/", ""));
        }
    }

    @Test
    void readmeListsEveryValueWithItsDefault() throws IOException {
        var values = new TreeMap<String, String>();
        flatten("", Yaml.read(Files.readString(Command.REPOSITORY.resolve("helm/attune/values.yaml"))), values);
        var documented = new TreeMap<String, String>();
        var rows = Pattern.compile("^\\| `([^`]+)` \\| `([^`]*)` \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Command.REPOSITORY.resolve("helm/attune/README.md")));
        while (rows.find()) {
            documented.put(rows.group(1), rows.group(2));
        }
        assertThat(documented).isEqualTo(values);
    }

    /** Values by their path; resources are one value each, whatever they hold. */
    private static void flatten(String path, JsonNode node, Map<String, String> values) {
        if (node.isObject() && !node.isEmpty() && !path.startsWith("resources.")) {
            node.properties()
                    .forEach(field -> flatten(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), values));
        } else {
            values.put(path, node.isTextual() && !node.asText().isEmpty() ? node.asText() : node.toString());
        }
    }

    private static List<JsonNode> documentedRules() throws IOException {
        var readme = Files.readString(Command.REPOSITORY.resolve("operator/README.md"));
        var block = Pattern.compile("```yaml\n(rules:.*?)```", Pattern.DOTALL).matcher(readme);
        assertThat(block.find()).isTrue();
        return elements(Yaml.read(block.group(1)).get("rules"));
    }

    private static List<JsonNode> rulesOf(List<JsonNode> chart, String kind, String name) {
        return chart.stream()
                .filter(document -> document.at("/kind").asText().equals(kind)
                        && document.at("/metadata/name").asText().equals(name))
                .flatMap(document -> elements(document.get("rules")).stream())
                .toList();
    }

    private static List<JsonNode> elements(JsonNode array) {
        return array.valueStream().toList();
    }

    private static JsonNode only(List<JsonNode> chart, String kind) {
        return chart.stream()
                .filter(document -> document.at("/kind").asText().equals(kind))
                .reduce((one, other) -> {
                    throw new AssertionError("more than one " + kind);
                })
                .orElseThrow();
    }

    private static List<String> kinds(List<JsonNode> chart) {
        return chart.stream().map(document -> document.at("/kind").asText()).toList();
    }

    private static List<JsonNode> render(String... values) {
        return Yaml.readAll(template(values).output());
    }

    private static Command template(String... values) {
        var words = new ArrayList<>(List.of(
                "helm",
                "template",
                Attune.RELEASE,
                "helm/attune",
                "--namespace",
                Attune.NAMESPACE,
                "--kube-version",
                "1.34.0"));
        for (var value : values) {
            words.addAll(List.of("--set", value));
        }
        return Command.of(words.toArray(String[]::new));
    }
}
