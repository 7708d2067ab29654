package dev.attune.trainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Trains a model of a few numbers, twice, so that a JVM that archives the classes it has loaded
 * ({@code -XX:ArchiveClassesAtExit}) archives what every run loads. The next one then starts a second sooner.
 */
final class Rehearsal {

    private static final String MODEL = "volumes/v/model/";
    private static final List<String> FILES = List.of(
            "full.yaml",
            "lora.yaml",
            "volumes/v/text.txt",
            MODEL + "config.json",
            MODEL + "tokenizer.json",
            MODEL + "tokenizer_config.json");

    private Rehearsal() {}

    public static void main(String[] arguments) throws IOException {
        System.exit(run());
    }

    /** The exit code of the first job that failed, or 0. */
    static int run() throws IOException {
        var folder = Files.createTempDirectory("attune-rehearsal");
        try {
            for (var name : FILES) {
                var file = folder.resolve(name);
                Files.createDirectories(file.getParent());
                try (var content = Rehearsal.class.getResourceAsStream("rehearsal/" + name)) {
                    Files.copy(content, file);
                }
            }
            var full = train(folder.resolve("full.yaml"));
            return full != 0 ? full : train(folder.resolve("lora.yaml"));
        } finally {
            delete(folder);
        }
    }

    private static int train(Path manifest) {
        var events = manifest.resolveSibling("events.jsonl");
        return Attune.commandLine().execute("run", "-f", manifest.toString(), "--events", events.toString());
    }

    private static void delete(Path folder) throws IOException {
        try (var below = Files.walk(folder)) {
            for (var path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
