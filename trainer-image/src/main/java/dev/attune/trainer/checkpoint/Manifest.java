package dev.attune.trainer.checkpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.digest.Digests;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
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

    /**
     * The manifest of a folder's files as they are, but for an earlier manifest.
     *
     * @param hashed digests that are known already, by file; the other files are read
     */
    public static Manifest of(Path folder, String recipe, int step, String time, Map<String, String> hashed)
            throws IOException {
        try (var files = Files.list(folder)) {
            var names = files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(FILE))
                    .toList();
            return of(folder, names, recipe, step, time, hashed);
        }
    }

    /** The same of those files alone that are named. */
    public static Manifest of(
            Path folder, List<String> names, String recipe, int step, String time, Map<String, String> hashed)
            throws IOException {
        var files = new TreeMap<String, Entry>();
        for (var name : names) {
            var file = folder.resolve(name);
            var known = hashed.get(name);
            files.put(name, new Entry(known == null ? Digests.of(file) : known, Files.size(file)));
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
