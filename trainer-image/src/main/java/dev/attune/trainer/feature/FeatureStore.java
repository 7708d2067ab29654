package dev.attune.trainer.feature;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.checkpoint.Manifest;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Features on disk, a sealed folder a digest, for later runs that start from the same model with the same examples. Those
 * that weren't used for longest go when it is full; that nothing can be kept is no reason to fail.
 *
 * @param folder where they lie
 * @param capacity bytes that all together may take
 * @param warnings hears why something couldn't be kept
 */
public record FeatureStore(Path folder, long capacity, Consumer<String> warnings) {

    /** What a folder's name begins with while it is written. */
    private static final String WRITING = ".writing-";

    private static final Duration ABANDONED = Duration.ofHours(1);

    private static final String FILE = "features.safetensors";
    private static final String NAME = "hidden";

    /** What is kept under a digest, {@code [rows, hidden]}; one that is broken or can't be read is none. */
    Optional<NDArray> find(String digest) {
        var place = place(digest);
        if (!whole(place, digest)) {
            return Optional.empty();
        }
        touch(place);
        try {
            return Optional.of(SafetensorsFile.open(place.resolve(FILE)).ownFloats(NAME));
        } catch (TrainerFailure | UncheckedIOException e) {
            // Another run may have taken it away since.
            return Optional.empty();
        }
    }

    private Path place(String digest) {
        return folder.resolve(digest.replace("sha256:", ""));
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

    /** Keeps rows {@code [rows, hidden]} under a digest, in place of what is kept there; what there is no room for is told. */
    void keep(String digest, NDArray table) {
        var bytes = table.size() * Float.BYTES;
        var most = Math.min(capacity, Integer.MAX_VALUE);
        if (bytes > most) {
            warnings.accept(
                    "features of %d bytes aren't kept, so that the next run computes them again: %d are kept at most"
                            .formatted(bytes, most));
            return;
        }
        try {
            Files.createDirectories(folder);
            var aside = Files.createDirectory(folder.resolve(WRITING + UUID.randomUUID()));
            try {
                var hashed = SafetensorsWriter.write(aside.resolve(FILE), Map.of(NAME, table));
                Manifest.of(aside, digest, 0, null, Map.of(FILE, hashed)).write(aside);
                delete(place(digest));
                Files.move(aside, place(digest), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(aside);
            }
            makeRoom();
        } catch (IOException | UncheckedIOException e) {
            warnings.accept("features can't be kept in %s, so that the next run computes them again: %s"
                    .formatted(folder, e.getMessage()));
        }
    }

    private void makeRoom() throws IOException {
        try (var places = Files.list(folder)) {
            var left = capacity;
            var abandoned = FileTime.from(Instant.now().minus(ABANDONED));
            for (var place : places.sorted(
                            Comparator.comparing(FeatureStore::used).reversed())
                    .toList()) {
                left -= Manifest.read(place).map(Manifest::size).orElse(0L);
                var leftOver = place.getFileName().toString().startsWith(WRITING)
                        && used(place).compareTo(abandoned) < 0;
                if (left < 0 || leftOver) {
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
