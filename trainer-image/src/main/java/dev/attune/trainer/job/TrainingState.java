package dev.attune.trainer.job;

import dev.attune.trainer.event.Event;
import dev.attune.trainer.event.EventJson;
import dev.attune.trainer.method.Adapted;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.train.Optimiser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint's folder holds beside the trained weights: what the optimiser remembers, what was stepped and measured, and
 * what another job needs to start from there, unless a part alone of the model's own weights is trained.
 * Data order and random numbers are functions of the step, so that there is nothing of them to keep.
 */
final class TrainingState {

    private static final String OPTIMISER = "optimizer.safetensors";
    private static final String HISTORY = "history.jsonl";

    private TrainingState() {}

    /** Writes all, and gives the digests of what is large, by file. */
    static Map<String, String> save(
            Path folder, Adapted adapted, Companions companions, Optimiser optimiser, List<Event> history)
            throws IOException {
        var hashed = adapted.save(folder);
        if (adapted.adapter().isPresent()) {
            companions.ofAdapter(folder);
        } else if (adapted.trainsAll()) {
            companions.ofModel(folder);
        }
        hashed.put(OPTIMISER, SafetensorsWriter.write(folder.resolve(OPTIMISER), optimiser.state()));
        Files.write(
                folder.resolve(HISTORY), history.stream().map(EventJson::line).toList());
        return hashed;
    }

    /** Puts weights and the optimiser back, and gives the history. */
    static List<Event> load(Path folder, Adapted adapted, Optimiser optimiser) throws IOException {
        adapted.restore(folder);
        var remembered = SafetensorsFile.open(folder.resolve(OPTIMISER));
        optimiser.state().forEach((name, array) -> {
            try (var saved = remembered.floats(name)) {
                Ops.copyInto(array, saved);
            }
        });
        return history(folder);
    }

    /** What was stepped and measured up to a checkpoint, oldest first. */
    static List<Event> history(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve(HISTORY)).stream()
                .map(EventJson::parse)
                .toList();
    }
}
