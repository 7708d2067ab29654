package dev.attune.trainer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.FineTuneJob;
import dev.attune.trainer.estimate.Change;
import dev.attune.trainer.estimate.Choice;
import dev.attune.trainer.estimate.Estimate;
import dev.attune.trainer.estimate.Room;
import java.util.List;
import java.util.Locale;

/**
 * An estimate for people.
 *
 * @param speed additions and multiplications a second
 */
record EstimateTable(FineTuneJob job, Choice choice, Room room, double speed) {

    private static final int NAMES = 20;
    private static final int FIELDS = 44;

    /** Whether the job fits. */
    boolean fits() {
        return choice.estimate().memory().peak() <= room.bytes();
    }

    /** The figures for programs. */
    ObjectNode json() {
        var estimate = choice.estimate();
        var memory = estimate.memory();
        var json = new ObjectMapper().createObjectNode();
        json.put("parameters", estimate.parameters());
        json.put("trainableParameters", estimate.trainableParameters());
        json.put("peakBytes", memory.peak());
        json.set("memory", new ObjectMapper().valueToTree(memory));
        json.put("checkpointBytes", estimate.checkpointBytes());
        json.put("flopsPerStep", estimate.flops());
        json.put("secondsPerStep", estimate.seconds(speed));
        json.put("limitBytes", room.bytes());
        json.put("fits", fits());
        return json;
    }

    /** The figures for people. */
    String text() {
        var estimate = choice.estimate();
        var memory = estimate.memory();
        var batch = choice.workload().batch();
        var text = new StringBuilder();
        text.append("%s: %s on %s%n"
                .formatted(
                        job.getMetadata().getName(),
                        choice.method().name(),
                        job.getSpec().model().from()));
        text.append("%d %s of %d tokens at a time, %d a step%n%n"
                .formatted(batch.atOnce(), batch.atOnce() == 1 ? "text" : "texts", batch.length(), batch.size()));
        row(text, "parameters", count(estimate.parameters()));
        row(text, "trained", count(estimate.trainableParameters()));
        row(text, "peak memory", bytes(memory.peak()));
        row(text, "  weights", bytes(memory.weights()));
        row(text, "  gradients", bytes(memory.gradients()));
        row(text, "  optimiser", bytes(memory.optimiser()));
        row(text, "  activations", bytes(memory.activations()));
        row(text, "  logits", bytes(memory.logits()));
        row(text, "  workspace", bytes(memory.workspace()));
        row(text, "  model, again", bytes(memory.again()));
        row(text, "  remembered", bytes(memory.remembered()));
        row(text, "  process", bytes(memory.process()));
        row(text, "checkpoint", bytes(estimate.checkpointBytes()));
        row(text, "a step", step(estimate));
        text.append(String.format("%n"));
        text.append(fits() ? fitting() : tooLarge());
        return text.toString();
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append(String.format("%-" + NAMES + "s%s%n", name, value));
    }

    private String step(Estimate estimate) {
        return String.format(
                Locale.ROOT,
                "%14.3g s   (%.3g GFLOP, at %.3g GFLOP/s)",
                estimate.seconds(speed),
                estimate.flops() / 1e9,
                speed / 1e9);
    }

    private String fitting() {
        return String.format(
                "fits: %s has %s", room.whose(), bytes(room.bytes()).strip());
    }

    private String tooLarge() {
        var text = new StringBuilder(String.format(
                "does not fit: %s has %s%n", room.whose(), bytes(room.bytes()).strip()));
        List<Change> changes = choice.changes(room.bytes());
        text.append(String.format(changes.isEmpty() ? "give it more memory%n" : "what would take less:%n"));
        for (var change : changes) {
            text.append(String.format(
                    "  %-" + FIELDS + "s%s%s%n",
                    change.field() + ": " + change.value(),
                    bytes(change.estimate().memory().peak()),
                    change.fits(room.bytes()) ? "   fits" : ""));
        }
        return text.toString().stripTrailing();
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,14d", number);
    }

    private static String bytes(long bytes) {
        return bytes < 1L << 30
                ? String.format(Locale.ROOT, "%10.1f MiB", bytes / 0x1p20)
                : String.format(Locale.ROOT, "%10.2f GiB", bytes / 0x1p30);
    }
}
