package dev.attune.operator.decide;

import static dev.attune.operator.decide.Scene.complete;
import static dev.attune.operator.decide.Scene.failed;
import static dev.attune.operator.decide.Scene.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.protocol.TrainerPod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job whose model is what another job produced. */
class DependencyTest {

    private final Scene scene = Scene.of("model: {from: 'job://base'}");

    @Test
    void missingJobIsWaitedForByName() {
        assertThat(scene.step().create()).isEmpty();
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("DependencyMissing");
        assertThat(scene.condition("Progressing").getMessage()).contains("'base'", "'team'");
    }

    @Test
    void unfinishedJobIsWaitedFor() {
        scene.other(job("base"), "{phase: Training}").step();
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("WaitingForDependency");
        assertThat(scene.condition("Progressing").getMessage()).contains("job://base", "Training");
    }

    @Test
    void failedJobFailsThis() {
        scene.other(job("base"), failed("train.jsonl:3: no prompt")).step();
        assertThat(scene.condition("Failed").getReason()).isEqualTo("DependencyFailed");
        assertThat(scene.condition("Failed").getMessage()).contains("job://base", "train.jsonl:3: no prompt");
    }

    @Test
    void mergedResultIsTheModel() {
        scene.claims.add("models");
        scene.other(
                job("base", "model: {from: 'pvc://unneeded/m'}"), complete("{uri: 'pvc://models/base', form: merged}"));

        var created = scene.step().create().orElseThrow();

        assertThat(model(created)).isEqualTo("pvc://models/base");
        assertThat(claims(created)).containsExactly("models", "work");
    }

    @Test
    void adapterBringsItsBaseAlongThroughAnyNumberOfJobs() {
        scene.claims.addAll(List.of("adapters", "middle", "origin"));
        scene.other(job("base", "model: {from: 'job://below'}"), complete("{uri: 'pvc://adapters/x', form: adapter}"))
                .other(
                        job("below", "model: {from: 'pvc://origin/m'}"),
                        complete("{uri: 'pvc://middle/y', form: adapter}"));

        var created = scene.step().create().orElseThrow();

        assertThat(model(created)).isEqualTo("pvc://adapters/x");
        assertThat(claims(created)).containsExactly("adapters", "middle", "origin", "work");
    }

    @Test
    void baseOfAnAdapterThatIsMissingIsWaitedFor() {
        scene.other(job("base", "model: {from: 'job://below'}"), complete("{uri: 'pvc://work/x', form: adapter}"))
                .step();
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("DependencyMissing");
        assertThat(scene.condition("Progressing").getMessage()).contains("FineTuneJob 'base'", "'below'");
    }

    @Test
    void completeJobWithoutReportGivesItsOutput() {
        scene.other(job("base", "method: {full: {}}", "output: {to: 'pvc://work/full'}"), complete("null"));
        assertThat(model(scene.step().create().orElseThrow())).isEqualTo("pvc://work/full");
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "linearProbe", "head"})
    void aMethodThatChangesTheModelItselfNeedsNoModelBelow(String method) {
        var base = job("base", "model: {from: 'pvc://unneeded/m'}", "method: {" + method + ": {}}");

        scene.other(base, complete("null"));
        assertThat(claims(scene.step().create().orElseThrow())).containsExactly("work");

        var checkpoint = Scene.of("model: {from: 'job://base/step-20'}");
        checkpoint.other(base, "{phase: Training, checkpoints: [{step: 20, uri: 'pvc://work/c/step-20'}]}");
        assertThat(claims(checkpoint.step().create().orElseThrow())).containsExactly("work");
    }

    @Test
    void checkpointOfAnAdapterBringsItsBaseAlong() {
        var waiting = Scene.of("model: {from: 'job://base/step-20'}");
        waiting.claims.add("origin");
        waiting.other(
                job("base", "model: {from: 'pvc://origin/m'}"),
                "{phase: Training, checkpoints: [{step: 20, uri: 'pvc://work/c/step-20'}]}");
        assertThat(claims(waiting.step().create().orElseThrow())).containsExactly("origin", "work");
    }

    @Test
    void checkpointIsTheModelAsSoonAsItIsListed() {
        var waiting = Scene.of("model: {from: 'job://base/step-20'}");
        waiting.other(job("base"), "{phase: Training, checkpoints: [{step: 10, uri: 'pvc://work/step-10'}]}");
        assertThat(waiting.step().create()).isEmpty();

        waiting.other(
                job("base"),
                "{phase: Training, checkpoints: [{step: 10, uri: 'pvc://work/c/step-10'}, {step: 20, uri:"
                        + " 'pvc://work/c/step-20'}]}");
        assertThat(model(waiting.step().create().orElseThrow())).isEqualTo("pvc://work/c/step-20");
    }

    @Test
    void checkpointThatWasNotKeptFailsThis() {
        var waiting = Scene.of("model: {from: 'job://base/step-20'}");
        var over = job("base");
        waiting.other(
                over, complete("null").replace("{phase", "{checkpoints: [{step: 30, uri: 'pvc://work/c'}], phase"));

        waiting.step();

        assertThat(waiting.condition("Failed").getReason()).isEqualTo("DependencyFailed");
        assertThat(waiting.condition("Failed").getMessage()).contains("job://base/step-20", "step-30");
    }

    @Test
    void laterAttemptsGoOnFromWhatTheFirstBeganWith() {
        scene.claims.addAll(List.of("adapters", "origin"));
        scene.other(
                job("base", "model: {from: 'pvc://origin/m'}"), complete("{uri: 'pvc://adapters/x', form: adapter}"));
        scene.step();
        assertThat(scene.status().models()).containsExactly("pvc://adapters/x", "pvc://origin/m");

        scene.others.clear();
        var second = scene.running(1).exited(1, 143).step().create().orElseThrow();

        assertThat(model(second)).isEqualTo("pvc://adapters/x");
        assertThat(claims(second)).containsExactly("adapters", "origin", "work");
    }

    @Test
    void anAdapterToGoOnFromIsWaitedForMountedAndNamedToTheTrainer() {
        var waiting = Scene.of("method: {lora: {initialFrom: 'job://tone'}}");
        assertThat(waiting.step().create()).isEmpty();
        assertThat(waiting.condition("Progressing").getReason()).isEqualTo("DependencyMissing");
        assertThat(waiting.condition("Progressing").getMessage())
                .contains("spec.method.lora.initialFrom", "'tone'", "'team'");

        waiting.other(job("tone"), "{phase: Training}").step();
        assertThat(waiting.condition("Progressing").getReason()).isEqualTo("WaitingForDependency");

        waiting.claims.add("adapters");
        waiting.other(job("tone"), complete("{uri: 'pvc://adapters/tone', form: adapter}"));
        var created = waiting.step().create().orElseThrow();
        assertThat(manifest(created))
                .contains("\"initialFrom\":\"pvc://adapters/tone\"", "\"from\":\"pvc://work/model\"");
        assertThat(claims(created)).containsExactly("adapters", "work");

        waiting.others.clear();
        var second = waiting.running(1).exited(1, 143).step().create().orElseThrow();
        assertThat(manifest(second)).contains("\"initialFrom\":\"pvc://adapters/tone\"");
    }

    @Test
    void aWholeModelIsNoAdapterToGoOnFrom() {
        var hopeless = Scene.of("method: {lora: {initialFrom: 'job://tone'}}");
        hopeless.other(job("tone"), complete("{uri: 'pvc://work/tone', form: merged}"))
                .step();
        assertThat(hopeless.condition("Failed").getReason()).isEqualTo("DependencyFailed");
        assertThat(hopeless.condition("Failed").getMessage()).contains("job://tone", "output.form: adapter");
    }

    @Test
    void circleThroughAnAdapterFails() {
        var circle = Scene.of("model: {from: 'job://base'}", "method: {lora: {initialFrom: 'job://tone'}}");
        circle.other(job("base"), complete("{uri: 'pvc://work/base', form: merged}"))
                .other(job("tone", "model: {from: 'job://tune'}"), "{phase: Pending}")
                .step();
        assertThat(circle.condition("Failed").getReason()).isEqualTo("DependencyCycle");
        assertThat(circle.condition("Failed").getMessage()).contains("tune → tone → tune");
    }

    @Test
    void circleFails() {
        scene.other(job("base", "model: {from: 'job://third'}"), "{phase: Pending}")
                .other(job("third", "model: {from: 'job://tune'}"), "{phase: Pending}")
                .step();
        assertThat(scene.condition("Failed").getReason()).isEqualTo("DependencyCycle");
        assertThat(scene.condition("Failed").getMessage()).contains("tune → base → third → tune");
    }

    @Test
    void circleOfOthersIsTheirsToTell() {
        scene.other(job("base", "model: {from: 'job://third'}"), "{phase: Pending}")
                .other(job("third", "model: {from: 'job://base'}"), "{phase: Pending}")
                .step();
        assertThat(scene.condition("Progressing").getReason()).isEqualTo("WaitingForDependency");
    }

    private static String model(Job job) {
        return manifest(job).replaceAll(".*\"model\":\\{\"from\":\"([^\"]*)\".*", "$1");
    }

    private static String manifest(Job job) {
        return job.getSpec().getTemplate().getMetadata().getAnnotations().get(TrainerPod.MANIFEST_ANNOTATION);
    }

    private static List<String> claims(Job job) {
        return job.getSpec().getTemplate().getSpec().getVolumes().stream()
                .filter(volume -> volume.getPersistentVolumeClaim() != null)
                .map(volume -> volume.getPersistentVolumeClaim().getClaimName())
                .toList();
    }
}
