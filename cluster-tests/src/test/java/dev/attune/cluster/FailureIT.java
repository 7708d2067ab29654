package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.FineTuneJobStatus;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A job that can't succeed ends soon, and says why and what to do about it. */
@OnCluster
class FailureIT {

    @Test
    void trainerThatTakesTooMuchMemoryIsNotTriedAgain(Space space) {
        Recipe.fill(Shelf.of(space, "claim")).write(Recipe.data(16_384), "many.jsonl");
        space.apply(large("greedy", "16384"));
        var failed = fails(space, "greedy");
        assertThat(Told.reason(failed)).isEqualTo("OutOfMemory");
        assertThat(Told.message(failed)).contains("600Mi").contains("microBatchSize");
        assertThat(failed.attempts()).isEqualTo(1);
        assertThat(Told.message(failed, "Fits")).contains("has 600Mi", "spec.training.microBatchSize");
    }

    @Test
    void trainerThatMayChooseHowMuchItComputesAtOnceKeepsToItsMemory(Space space) {
        Recipe.fill(Shelf.of(space, "claim")).write(Recipe.data(16_384), "many.jsonl");
        space.apply(large("modest", "auto"));
        var done = space.await("modest", "the end", Recipe.PATIENCE, Told.holds("Complete"));
        assertThat(done.progress().step()).isEqualTo(2);
        assertThat(done.attempts()).isEqualTo(1);
        assertThat(done).matches(Told.holds("Fits"), "fits");
        var pod = space.trainers("modest").get(0).getMetadata().getName();
        assertThat(space.kubectl("logs", pod).output()).containsPattern("computing \\d+ of 16384 examples at once");
    }

    /** A job whose steps don't fit into its memory at once. */
    private static String large(String name, String atOnce) {
        return """
                apiVersion: attune.dev/v1alpha1
                kind: FineTuneJob
                metadata: {name: %s}
                spec:
                  model: {from: pvc://claim/model}
                  data: {train: [{from: pvc://claim/many.jsonl}]}
                  objective: {instruction: {}}
                  method: {full: {}}
                  training: {steps: 2, batchSize: 16384, microBatchSize: %s, sequenceLength: 64}
                  output: {to: pvc://claim/results/%s}
                  trainer: {resources: {limits: {memory: 600Mi}}}
                """.formatted(name, atOnce, name);
    }

    @Test
    void badDataIsToldByFileAndLine(Space space) {
        Recipe.fill(Shelf.of(space, "claim"))
                .write(Recipe.data(2) + "{\"prompt\": \"a question without an answer\"}\n", "bad.jsonl");
        space.apply(Recipe.named("mistaken").data("pvc://claim/bad.jsonl").toString());
        var failed = fails(space, "mistaken");
        assertThat(Told.reason(failed)).isEqualTo("InvalidData");
        assertThat(Told.message(failed)).contains("bad.jsonl line 3").contains("completion");
        assertThat(failed.attempts()).isEqualTo(1);
        assertThat(space.kubectl("get", "events").output()).contains("InvalidData");
    }

    @Test
    void missingModelIsToldByItsField(Space space) {
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("nowhere").model("pvc://claim/elsewhere").toString());
        var failed = fails(space, "nowhere");
        assertThat(Told.message(failed)).contains("spec.model.from").contains("pvc://claim/elsewhere");
        assertThat(failed.attempts()).isEqualTo(1);
    }

    @Test
    void deadlineEndsTheJob(Space space) {
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("late")
                .steps(1_000_000)
                .with("activeDeadlineSeconds: 15")
                .toString());
        var failed = fails(space, "late");
        assertThat(Told.reason(failed)).isEqualTo("DeadlineExceeded");
        assertThat(Told.message(failed)).contains("15");
    }

    @Test
    void fullDiskIsToldAndTrainingGoesOnOnceThereIsRoom(Cluster cluster, Space space) throws Exception {
        cluster.onNode("mkdir", "/small");
        cluster.onNode("mount", "-t", "tmpfs", "-o", "mode=1777,size=512k", "small", "/small");
        Recipe.fill(Shelf.of(space, "claim"));
        space.apply("""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: small}
                spec:
                  capacity: {storage: 512Ki}
                  accessModes: [ReadWriteOnce]
                  storageClassName: ""
                  hostPath: {path: /small}
                ---
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: small}
                spec:
                  accessModes: [ReadWriteOnce]
                  storageClassName: ""
                  volumeName: small
                  resources: {requests: {storage: 512Ki}}
                ---
                apiVersion: attune.dev/v1alpha1
                kind: FineTuneJob
                metadata: {name: hoarder}
                spec:
                  model: {from: pvc://claim/model}
                  data: {train: [{from: pvc://claim/train.jsonl}]}
                  objective: {instruction: {}}
                  method: {full: {}}
                  training: {steps: 20, batchSize: 4, sequenceLength: 64}
                  checkpoints: {to: pvc://small/checkpoints, every: 1, keep: 10}
                  output: {to: pvc://claim/results/hoarder}
                """);
        var full = space.await("hoarder", "the failure", Recipe.PATIENCE, Told.because("Retrying"));
        assertThat(Told.message(full))
                .contains("spec.checkpoints.to", "pvc://small/checkpoints", "No space left on device", "enlarge");
        assertThat(full.failures()).isPositive();
        assertThat(full.checkpoints()).isNotEmpty();

        cluster.onNode("mount", "-o", "remount,mode=1777,size=64m", "/small");
        var finished = space.await("hoarder", "the end", Recipe.PATIENCE, Told.holds("Complete"));
        assertThat(finished.trainer().resumedFrom()).isPositive();
        assertThat(finished.progress().step()).isEqualTo(20);
    }

    @Test
    void finishedJobIsDeletedWhenItsTimeIsUpAndItsResultStays(Space space) {
        var shelf = Recipe.fill(Shelf.of(space, "claim"));
        space.apply(Recipe.named("brief").with("ttlSecondsAfterFinished: 3").toString());
        Awaitility.await("the job to go")
                .atMost(Recipe.PATIENCE)
                .until(() ->
                        space.job("brief") == null && space.attempts("brief").isEmpty());
        assertThat(shelf.list("results/brief")).contains("adapter_model.safetensors");
    }

    private static FineTuneJobStatus fails(Space space, String job) {
        return space.await(
                job, "the failure", Duration.ofMinutes(3), Told.holds("Failed").and(Told.holds("Stalled")));
    }
}
