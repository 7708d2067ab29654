package dev.attune.trainer.job;

import dev.attune.api.FineTuneJob;
import dev.attune.protocol.ExitCode;
import dev.attune.schema.ManifestSchema;
import dev.attune.schema.Manifests;
import dev.attune.trainer.estimate.Room;
import dev.attune.trainer.event.Event;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.tensor.Processor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A whole job on one of the reference models, small enough to run in a second: claim {@code v} is a folder. */
record TinyJob(Path folder) {

    static final String MANIFEST = """
            apiVersion: attune.dev/v1alpha1
            kind: FineTuneJob
            metadata: {name: tiny}
            spec:
              model: {from: pvc://v/model}
              data: {train: [{from: pvc://v/train.jsonl}], evaluationFraction: 0.1}
              objective: {instruction: {}}
              method: {lora: {rank: 4, dropout: 0.1}}
              training: {steps: 12, batchSize: 4, microBatchSize: 2, learningRate: 1e-2}
              evaluation: {every: 5}
              checkpoints: {every: 3, keep: 3}
              output: {to: pvc://v/result}
            """;

    /** Lays out claim {@code v} with a model and forty sums. */
    static TinyJob in(Path folder, String model) {
        var job = new TinyJob(folder);
        try {
            Files.createDirectories(job.file("model"));
            try (var files = Files.list(Path.of("src/test/resources/fixtures/models", model))) {
                for (var file : files.toList()) {
                    Files.copy(
                            file, job.file("model").resolve(file.getFileName().toString()));
                }
            }
            Files.writeString(
                    job.file("train.jsonl"),
                    IntStream.range(0, 40)
                            .mapToObj(i ->
                                    "{\"prompt\": \"%d plus %d is\", \"completion\": \" %d\"}".formatted(i, i, 2 * i))
                            .collect(Collectors.joining("\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return job;
    }

    /** A file of the claim. */
    Path file(String path) {
        return folder.resolve("v").resolve(path);
    }

    /** What a run came to: its exit code and its events. */
    record Outcome(ExitCode exit, List<Event> events) {

        <E extends Event> List<E> all(Class<E> kind) {
            return events.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        String failure() {
            var failed = all(Event.Failed.class);
            return failed.isEmpty() ? "(none)" : failed.get(0).failure().message();
        }
    }

    Outcome run(String manifest) {
        return run(manifest, Integer.MAX_VALUE);
    }

    /** Runs, and asks to stop after some steps. */
    Outcome run(String manifest, int steps) {
        return run(
                manifest,
                events ->
                        events.stream().filter(Event.Stepped.class::isInstance).count() >= steps);
    }

    /** Runs, and asks to stop once that is true of what happened. */
    Outcome run(String manifest, Predicate<List<Event>> stop) {
        return run(manifest, stop, new Hardware(new Processor(true), Optional.of(Room.here())));
    }

    /** Runs on other hardware than this machine's memory and a processor that computes in any precision. */
    Outcome run(String manifest, Hardware hardware) {
        return run(manifest, events -> false, hardware);
    }

    private Outcome run(String manifest, Predicate<List<Event>> stop, Hardware hardware) {
        var events = new ArrayList<Event>();
        var exit = new FineTuning(
                        job(manifest),
                        new Places(folder, folder),
                        events::add,
                        () -> stop.test(events),
                        Clock.systemUTC(),
                        () -> hardware)
                .run();
        return new Outcome(exit, events);
    }

    static FineTuneJob job(String manifest) {
        return ManifestSchema.bundled()
                .check(Manifests.parse("job.yaml", manifest).get(0).content())
                .job();
    }

    byte[] bytes(String path) {
        try {
            return Files.readAllBytes(file(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
