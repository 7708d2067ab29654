package dev.attune.trainer.sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that is replaced in one move, so that nobody ever reads half of it. */
public record WholeFile(Path path) {

    /**
     * Replaces the content; the folder is made if need be.
     *
     * @throws UncheckedIOException the file can't be written; it is as it was
     */
    public void write(String content) {
        var target = path.toAbsolutePath();
        try {
            Files.createDirectories(target.getParent());
            var fresh = Files.writeString(target.resolveSibling("." + target.getFileName() + ".new"), content);
            Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(target + " can't be written", e);
        }
    }
}
