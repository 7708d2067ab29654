package dev.attune.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A command of this machine, run to its end at the root of the repository.
 *
 * @param words the program and its arguments
 * @param input what it reads from its standard input
 */
record Command(List<String> words, String input) {

    /** The root of the repository. */
    static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();

    private static final Duration PATIENCE = Duration.ofMinutes(20);

    static Command of(String... words) {
        return new Command(List.of(words), "");
    }

    /**
     * How a command ended.
     *
     * @param output what it wrote to its standard output
     * @param complaints what it wrote to its standard error; kubectl warns there of what it goes on after
     */
    record Result(int exitCode, String output, String complaints) {

        /** All that it wrote. */
        String told() {
            return output + complaints;
        }
    }

    /** The same command with options between the program and what it is to do. */
    Command with(String... options) {
        var all = new ArrayList<>(words.subList(0, 1));
        all.addAll(List.of(options));
        all.addAll(words.subList(1, words.size()));
        return new Command(all, input);
    }

    /** The same command with something to read. */
    Command reading(String text) {
        return new Command(words, text);
    }

    /** Runs it; what it wrote to its standard output. A failure carries all that it wrote. */
    String output() {
        var result = run();
        if (result.exitCode != 0) {
            throw new AssertionError("%s ended with %d:%n%s".formatted(this, result.exitCode, result.told()));
        }
        return result.output;
    }

    /** Runs it, whatever its exit code. */
    Result run() {
        try {
            var process =
                    new ProcessBuilder(words).directory(REPOSITORY.toFile()).start();
            var output = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
            var complaints = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes());
            }
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("%s still ran after %s".formatted(this, PATIENCE));
            }
            return new Result(process.exitValue(), output.join(), complaints.join());
        } catch (IOException failure) {
            throw new UncheckedIOException(toString(), failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(toString(), interruption);
        }
    }

    private static String read(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
