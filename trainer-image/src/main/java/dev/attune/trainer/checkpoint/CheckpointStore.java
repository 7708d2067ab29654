package dev.attune.trainer.checkpoint;

import dev.attune.api.FineTuneJobStatus.Checkpoint;
import dev.attune.trainer.digest.Digests;
import dev.attune.trainer.failure.TrainerFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one job: folders {@code step-N}, of which the newest few are kept.
 *
 * @param folder where they lie
 * @param uri the same place, as the manifest names it
 * @param recipe digest of what is trained on what
 * @param keep how many of the newest are kept
 */
public record CheckpointStore(Path folder, String uri, String recipe, int keep, Clock clock) {

    private static final Pattern NAME = Pattern.compile("step-(\\d+)");
    private static final String ASIDE = ".writing";

    /** Writes the files of a checkpoint into a folder that is empty, and gives the digests that are known then, by file. */
    @FunctionalInterface
    public interface Content {
        Map<String, String> write(Path folder) throws IOException;
    }

    /** A checkpoint that was verified. */
    public record Found(int step, Path folder) {}

    /**
     * The newest checkpoint that is whole and of this recipe.
     *
     * @param warnings hears of each that is passed over, and why
     */
    public Optional<Found> newest(Consumer<String> warnings) {
        for (var found : all()) {
            var manifest = Manifest.read(found.folder());
            if (manifest.isEmpty()) {
                warnings.accept("checkpoint %s has no manifest; the one before is used".formatted(found.folder()));
                continue;
            }
            if (!manifest.get().recipe().equals(recipe)) {
                throw TrainerFailure.invalidManifest(("spec.checkpoints.to: %s holds checkpoints of another recipe"
                                + " (model, data, method or training differ): name another folder, or delete it")
                        .formatted(uri));
            }
            var broken = manifest.get().broken(found.folder());
            if (broken.isEmpty()) {
                return Optional.of(found);
            }
            warnings.accept(
                    "checkpoint step-%d is broken (%s); the one before is used".formatted(found.step(), broken.get()));
        }
        return Optional.empty();
    }

    /** Writes a checkpoint, so that it is whole or not there, and removes those that are too old. */
    public void save(int step, Content content) {
        var aside = folder.resolve(ASIDE);
        try {
            Files.createDirectories(folder);
            delete(aside);
            Files.createDirectory(aside);
            var hashed = content.write(aside);
            var time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
            Manifest.of(aside, recipe, step, time, hashed).write(aside);
            var place = folder.resolve("step-" + step);
            delete(place);
            Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
            Manifest.sync(folder);
            // Those ahead of this step were broken, or this save would not be.
            var ahead = all().stream().filter(found -> found.step() > step);
            var old = all().stream().filter(found -> found.step() <= step).skip(keep);
            for (var left : Stream.concat(ahead, old).toList()) {
                delete(left.folder());
            }
        } catch (IOException | UncheckedIOException e) {
            deleteQuietly(aside);
            throw TrainerFailure.unwritable(
                    "spec.checkpoints.to: step %d can't be saved to %s".formatted(step, uri), e);
        }
    }

    /** Those on disk, oldest first, as the status tells them. */
    public List<Checkpoint> kept() {
        var kept = new ArrayList<Checkpoint>();
        for (var found : all()) {
            Manifest.read(found.folder()).ifPresent(manifest -> kept.add(0, described(found, manifest)));
        }
        return kept;
    }

    private Checkpoint described(Found found, Manifest manifest) {
        return new Checkpoint(
                found.step(),
                uri + "/" + found.folder().getFileName(),
                digest(found.folder()),
                quantity(manifest.size()),
                manifest.time());
    }

    private static String digest(Path folder) {
        try {
            return Digests.of(folder.resolve(Manifest.FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes as a Kubernetes quantity, rounded up. */
    private static String quantity(long bytes) {
        return bytes < 1 << 20 ? (bytes + 1023) / 1024 + "Ki" : (bytes + (1 << 20) - 1) / (1 << 20) + "Mi";
    }

    /** Newest first, whole or not. */
    private List<Found> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var folders = Files.list(folder)) {
            return folders.flatMap(place -> {
                        var name = NAME.matcher(place.getFileName().toString());
                        return name.matches()
                                ? Stream.of(new Found(Integer.parseInt(name.group(1)), place))
                                : Stream.empty();
                    })
                    .sorted(Comparator.comparingInt(Found::step).reversed())
                    .toList();
        } catch (IOException e) {
            throw TrainerFailure.unavailable(
                    "spec.checkpoints.to: %s can't be read: %s".formatted(uri, e.getMessage()), e);
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            delete(path);
        } catch (IOException | UncheckedIOException e) {
            // It is overwritten by the next save.
        }
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (var below = Files.walk(path)) {
            for (var each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
