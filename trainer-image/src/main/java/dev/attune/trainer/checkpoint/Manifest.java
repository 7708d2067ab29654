package dev.attune.trainer.checkpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The seal of a folder. Its own digest stands for all that it names.
 *
 * @param recipe digest of what was trained on what; folders of other recipes are not trusted
 * @param step optimiser steps done
 * @param time when it was sealed (RFC 3339); absent where equal content must give an equal seal
 * @param files every file that counts, by name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(String recipe, int step, String time, Map<String, Entry> files) {

    /** Name of the manifest's file. */
    public static final String FILE = "manifest.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Digest and size in bytes of a file. */
    public record Entry(String digest, long size) {}

    /** The manifest of a folder's files as they are, but for an earlier manifest. */
    public static Manifest of(Path folder, String recipe, int step, String time) throws IOException {
        var files = new TreeMap<String, Entry>();
        try (var names = Files.list(folder)) {
            for (var file : names.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith(FILE)) {
                    files.put(file.getFileName().toString(), new Entry(Digests.of(file), Files.size(file)));
                }
            }
        }
        return new Manifest(recipe, step, time, files);
    }

    /** Writes the manifest into its folder, after everything else has reached the disk. */
    public void write(Path folder) throws IOException {
        for (var name : files.keySet()) {
            sync(folder.resolve(name));
        }
        JSON.writerWithDefaultPrettyPrinter().writeValue(folder.resolve(FILE).toFile(), this);
        sync(folder.resolve(FILE));
        sync(folder);
    }

    /** Reads a folder's manifest; empty where there is none that makes sense. */
    public static Optional<Manifest> read(Path folder) {
        try {
            return Optional.of(JSON.readValue(folder.resolve(FILE).toFile(), Manifest.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What is wrong with the folder's files; empty where each is as it was sealed. */
    public Optional<String> broken(Path folder) {
        for (var entry : files.entrySet()) {
            var file = folder.resolve(entry.getKey());
            try {
                if (!Files.exists(file)) {
                    return Optional.of(file + " is missing");
                }
                if (Files.size(file) != entry.getValue().size()) {
                    return Optional.of("%s has %d bytes, not %d"
                            .formatted(file, Files.size(file), entry.getValue().size()));
                }
                if (!Digests.of(file).equals(entry.getValue().digest())) {
                    return Optional.of(file + " is not what was written");
                }
            } catch (IOException e) {
                return Optional.of(file + " can't be read: " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** Sum of the files' sizes, in bytes. */
    public long size() {
        return files.values().stream().mapToLong(Entry::size).sum();
    }

    /** Makes a file or folder outlast a loss of power. */
    static void sync(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
