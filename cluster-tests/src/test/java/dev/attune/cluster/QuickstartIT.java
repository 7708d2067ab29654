package dev.attune.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.api.FineTuneJobStatus.Phase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The quickstart, as its reader types it. */
@OnCluster
class QuickstartIT {

    private static final Duration PATIENCE = Duration.ofMinutes(8);

    @Test
    void quickstartIsSeenToTrainAndLeavesItsResult(Space space) {
        var shelf = Shelf.of(space, "quickstart");
        for (var folder : new String[] {"model", "data"}) {
            shelf.put(Command.REPOSITORY.resolve("examples/quickstart/volumes/quickstart/" + folder), folder);
        }

        space.kubectl("apply", "-f", "examples/quickstart/job.yaml").output();
        var wait = CompletableFuture.supplyAsync(
                () -> space.kubectl("wait", "ftj/quickstart", "--for=condition=Complete", "--timeout=8m")
                        .run());

        var training = space.await("quickstart", "progress", PATIENCE, Told.atStep(1));
        assertThat(training.phase()).isIn(Phase.Training, Phase.Evaluating);
        assertThat(training.progress().totalSteps()).isEqualTo(280);
        assertThat(training.progress().loss()).isNotBlank();
        var saved = space.await(
                "quickstart",
                "a checkpoint",
                PATIENCE,
                status -> status.checkpoints() != null && !status.checkpoints().isEmpty());
        assertThat(saved.checkpoints().get(0).uri()).startsWith("pvc://quickstart/result/checkpoints/step-");

        assertThat(wait.join().exitCode()).as(wait.join().told()).isZero();
        var finished = space.job("quickstart").getStatus();
        assertThat(finished.phase()).isEqualTo(Phase.Succeeded);
        assertThat(finished.progress().percent()).isEqualTo(100);
        assertThat(finished.attempts()).isEqualTo(1);
        assertThat(finished.result().uri()).isEqualTo("pvc://quickstart/result");
        assertThat(finished.metrics())
                .filteredOn(metric -> metric.name().equals("loss"))
                .singleElement()
                .satisfies(loss ->
                        assertThat(Double.parseDouble(loss.value())).isLessThan(Double.parseDouble(loss.baseline())));
        assertThat(shelf.list("result"))
                .contains("adapter_config.json", "adapter_model.safetensors", "manifest.json", "README.md");

        var table = space.kubectl("get", "ftj", "-o", "wide").output().lines().toList();
        assertThat(table.get(0).split("\\s+"))
                .containsExactly(
                        "NAME",
                        "MODEL",
                        "METHOD",
                        "PHASE",
                        "STEP",
                        "LOSS",
                        "ETA",
                        "AGE",
                        "METRIC",
                        "ATTEMPTS",
                        "RESULT");
        assertThat(table.get(1))
                .startsWith("quickstart")
                .contains("pvc://quickstart/model", "lora", "Succeeded", "280/280", "pvc://quickstart/result");
    }
}
