package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API server refuses what can never run, and says which field is wrong and what to write instead. */
@OnCluster
class ApiRulesIT {

    private static final String GOOD = """
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

    /**
     * A manifest that is right but for one thing.
     *
     * @param wrong what is wrong with it
     * @param changes fields to set, as JSON pointer and YAML value in turn
     * @param field the field that the answer names
     * @param says what else the answer says
     */
    record Bad(String wrong, List<String> changes, String field, String says) {

        @Override
        public String toString() {
            return wrong;
        }
    }

    private static Bad bad(String wrong, String pointer, String value, String field, String says) {
        return new Bad(wrong, List.of(pointer, value), field, says);
    }

    static Stream<Bad> badManifests() {
        return Stream.of(
                bad("unknown field", "/spec/modle", "{}", "spec.modle", "unknown field"),
                bad("unknown nested field", "/spec/training/lr", "1", "spec.training.lr", "unknown field"),
                bad("no model", "/spec/model", "{}", "spec.model.from", "Required value"),
                bad("model in an unknown place", "/spec/model/from", "gs://x/y", "spec.model.from", "pvc://claim/path"),
                bad("data by http", "/spec/data/train/0/from", "http://x", "spec.data.train[0].from", "configmap://"),
                bad("data without a path", "/spec/data/train/0/from", "pvc://data", "spec.data.train[0].from", "pvc:"),
                bad("no data", "/spec/data/train", "[]", "spec.data.train", "at least 1 items"),
                bad("unknown format", "/spec/data/train/0/format", "csv", "spec.data.train[0].format", "\"chat\""),
                bad("unknown column", "/spec/data/train/0/columns/promt", "q", "spec.data.train[0].columns", "prompt"),
                bad("result at a claim's root", "/spec/output/to", "pvc://work", "spec.output.to", "pvc://claim/path"),
                bad("checkpoints nowhere", "/spec/checkpoints/to", "tmp", "spec.checkpoints.to", "pvc://claim/path"),
                bad("two methods", "/spec/method/full", "{}", "spec.method", "exactly one"),
                bad("no method", "/spec/method", "{}", "spec.method", "exactly one"),
                bad("two objectives", "/spec/objective/languageModeling", "{}", "spec.objective", "exactly one"),
                bad("rank 0", "/spec/method/lora/rank", "0", "spec.method.lora.rank", "greater than or equal to 1"),
                bad("alpha 0", "/spec/method/lora/alpha", "0", "spec.method.lora.alpha", "above 0"),
                bad("dropout 1", "/spec/method/lora/dropout", "1", "spec.method.lora.dropout", "less than 1"),
                bad("warm-up of 1.5 steps", "/spec/training/warmup", "1.5", "spec.training.warmup", "a whole number"),
                bad("warm-up below 0", "/spec/training/warmup", "-1", "spec.training.warmup", "greater than"),
                bad("no steps", "/spec/training/steps", "0", "spec.training.steps", "greater than or equal to 1"),
                bad("no epochs", "/spec/training/epochs", "0", "spec.training.epochs", "above 0"),
                bad("batch of 0", "/spec/training/batchSize", "0", "spec.training.batchSize", "greater than or equal"),
                bad("learning rate 0", "/spec/training/learningRate", "0", "spec.training.learningRate", "2e-4"),
                bad("unknown schedule", "/spec/training/schedule", "step", "spec.training.schedule", "\"cosine\""),
                bad("all held out", "/spec/data/evaluationFraction", "1", "spec.data.evaluationFraction", "0.05"),
                bad(
                        "no retries below 0",
                        "/spec/backoffLimit",
                        "-1",
                        "spec.backoffLimit",
                        "greater than or equal to 0"),
                new Bad(
                        "epochs and steps",
                        List.of("/spec/training/epochs", "1", "/spec/training/steps", "5"),
                        "spec.training",
                        "epochs or steps, not both"),
                new Bad(
                        "micro-batch that does not divide the batch",
                        List.of("/spec/training/batchSize", "8", "/spec/training/microBatchSize", "3"),
                        "spec.training.microBatchSize",
                        "must divide batchSize"),
                new Bad(
                        "two ways to hold data out",
                        List.of(
                                "/spec/data/evaluation",
                                "[{from: pvc://data/test.jsonl}]",
                                "/spec/data/evaluationFraction",
                                "0.1"),
                        "spec.data",
                        "evaluation or evaluationFraction, not both"),
                new Bad(
                        "an adapter from full fine-tuning",
                        List.of("/spec/method", "{full: {}}", "/spec/output/form", "adapter"),
                        "spec.output.form",
                        "merged"),
                new Bad(
                        "chats as running text",
                        List.of("/spec/objective", "{languageModeling: {}}", "/spec/data/train/0/format", "chat"),
                        "spec.data.train",
                        "languageModeling learns from running text"),
                bad(
                        "text to follow",
                        "/spec/data/train/0/format",
                        "text",
                        "spec.data.train",
                        "prompts and completions"),
                bad("a name too long", "/metadata/name", "n".repeat(53), "metadata.name", "52 characters"));
    }

    @ParameterizedTest
    @MethodSource("badManifests")
    void badManifestIsRefusedByFieldName(Bad bad, Cluster cluster) {
        var answer = cluster.kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-")
                .reading(changed(bad.changes))
                .run();
        assertThat(answer.exitCode()).as(answer.output()).isNotZero();
        assertThat(answer.output()).contains(bad.field).contains(bad.says);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "training: {warmup: 12}",
                "training: {learningRate: 2e-4, epochs: 0.5}",
                "model: {from: job://first/step-20}",
                "data: {train: [{from: configmap://faq/train.jsonl}], evaluationFraction: 0.1}",
                "method: {full: {}}",
                "objective: {languageModeling: {}}",
                "trainer: {resources: {limits: {nvidia.com/gpu: 1, memory: 24Gi}}}",
                "trainer: {tolerations: [{key: gpu, operator: Exists}], env: [{name: A, value: b}]}"
            })
    void goodManifestIsTaken(String part, Cluster cluster) {
        var field = part.substring(0, part.indexOf(':'));
        var manifest = changed(List.of("/spec/" + field, part.substring(part.indexOf(':') + 1)));
        cluster.kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-")
                .reading(manifest)
                .output();
    }

    @Test
    void recipeIsImmutableButForItsSwitches(Space space) {
        space.apply(GOOD);
        for (var switched : List.of(
                "{\"spec\":{\"backoffLimit\":7}}",
                "{\"spec\":{\"ttlSecondsAfterFinished\":60}}",
                "{\"spec\":{\"suspend\":true}}")) {
            space.kubectl("patch", "ftj", "recipe", "--type=merge", "-p", switched)
                    .output();
        }
        for (var changed : List.of(
                "{\"spec\":{\"method\":{\"lora\":{\"rank\":4}}}}",
                "{\"spec\":{\"training\":{\"seed\":1}}}",
                "{\"spec\":{\"trainer\":{\"image\":\"other\"}}}",
                "{\"spec\":{\"activeDeadlineSeconds\":9}}",
                "{\"spec\":{\"output\":{\"to\":\"pvc://work/elsewhere\"}}}")) {
            var answer = space.kubectl("patch", "ftj", "recipe", "--type=merge", "-p", changed)
                    .run();
            assertThat(answer.exitCode()).as(changed).isNotZero();
            assertThat(answer.output()).contains("spec").contains("create a job with another name");
        }
    }

    @Test
    void defaultsAreWrittenIntoTheManifest(Space space) {
        space.apply(GOOD);
        var spec = Yaml.read(space.kubectl("get", "ftj", "recipe", "-o", "yaml").output())
                .get("spec");
        assertThat(spec.at("/method/lora/rank").asInt()).isEqualTo(8);
        assertThat(spec.at("/objective/instruction/lossOn").asText()).isEqualTo("completion");
        assertThat(spec.at("/training/batchSize").asInt()).isEqualTo(8);
        assertThat(spec.at("/training/schedule").asText()).isEqualTo("cosine");
        assertThat(spec.at("/checkpoints/keep").asInt()).isEqualTo(3);
        assertThat(spec.at("/backoffLimit").asInt()).isEqualTo(3);
    }

    @Test
    void kubectlExplainsEveryField(Cluster cluster) {
        assertThat(cluster.kubectl("explain", "finetunejob.spec.method.lora.rank")
                        .output())
                .contains("Rank r of the update");
    }

    private static String changed(List<String> changes) {
        var manifest = Yaml.read(GOOD);
        for (var i = 0; i < changes.size(); i += 2) {
            var pointer = JsonPointer.compile(changes.get(i));
            var parent = manifest.at(pointer.head());
            var target =
                    parent.isMissingNode() ? ((ObjectNode) manifest).withObject(pointer.head()) : (ObjectNode) parent;
            target.set(pointer.last().getMatchingProperty(), Yaml.read(changes.get(i + 1)));
        }
        return manifest.toString();
    }
}
