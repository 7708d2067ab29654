package dev.attune.trainer.feature;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.checkpoint.Digests;
import dev.attune.trainer.checkpoint.Manifest;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Features on disk, a sealed folder a digest, for later runs that start from the same model with the same examples. Those
 * that weren't used for longest go when it is full; that nothing can be kept is no reason to fail.
 *
 * @param folder where they lie
 * @param capacity bytes that all together may take
 * @param warnings hears why something couldn't be kept
 */
public record FeatureStore(Path folder, long capacity, Consumer<String> warnings) {

    private static final String FILE = "features.safetensors";
    private static final String NAME = "hidden";

    NDArray get(Features features, String model, Supplier<NDArray> computed) {
        var digest = Digests.of((model + Digests.of(features.bytes())).getBytes(StandardCharsets.UTF_8));
        var place = folder.resolve(digest.replace("sha256:", ""));
        if (whole(place, digest)) {
            touch(place);
            return SafetensorsFile.open(place.resolve(FILE)).floats(NAME);
        }
        var table = computed.get();
        if (table.size() * Float.BYTES <= capacity) {
            keep(place, digest, table);
        }
        return table;
    }

    private static boolean whole(Path place, String digest) {
        return Manifest.read(place)
                .filter(manifest -> manifest.recipe().equals(digest))
                .filter(manifest -> manifest.broken(place).isEmpty())
                .isPresent();
    }

    private static void touch(Path place) {
        try {
            Files.setLastModifiedTime(place, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // On a volume that is read-only, age doesn't matter.
        }
    }

    private void keep(Path place, String digest, NDArray table) {
        try {
            Files.createDirectories(folder);
            var aside = Files.createTempDirectory(folder, ".writing");
            try {
                SafetensorsWriter.write(aside.resolve(FILE), Map.of(NAME, table));
                Manifest.of(aside, digest, 0, null).write(aside);
                delete(place);
                Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(aside);
            }
            makeRoom();
        } catch (IOException e) {
            warnings.accept("features can't be kept in %s, so that the next run computes them again: %s"
                    .formatted(folder, e.getMessage()));
        }
    }

    private void makeRoom() throws IOException {
        try (var places = Files.list(folder)) {
            var left = capacity;
            for (var place : places.sorted(
                            Comparator.comparing(FeatureStore::used).reversed())
                    .toList()) {
                left -= Manifest.read(place).map(Manifest::size).orElse(0L);
                if (left < 0) {
                    delete(place);
                }
            }
        }
    }

    private static FileTime used(Path place) {
        try {
            return Files.getLastModifiedTime(place);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static void delete(Path place) throws IOException {
        if (!Files.exists(place)) {
            return;
        }
        try (var files = Files.list(place)) {
            for (var file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        try {
            Files.delete(place);
        } catch (NoSuchFileException e) {
            // Another run was faster.
        }
    }
}
