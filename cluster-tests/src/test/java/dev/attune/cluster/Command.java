package dev.attune.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A command of this machine, run to its end.
 *
 * @param folder where it runs
 * @param input what it reads from its standard input
 * @param words the program and its arguments
 */
record Command(Path folder, String input, List<String> words) {

    /** The root of the repository. */
    static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();

    private static final Duration PATIENCE = Duration.ofMinutes(20);

    static Command of(String... words) {
        return new Command(REPOSITORY, "", List.of(words));
    }

    /**
     * How a command ended.
     *
     * @param output what it wrote to its standard output and standard error, in order
     */
    record Result(int exitCode, String output) {}

    /** The same command with something to read. */
    Command reading(String text) {
        return new Command(folder, text, words);
    }

    /** Runs it; a failure carries what it wrote. */
    String output() {
        var result = run();
        if (result.exitCode != 0) {
            throw new AssertionError("%s ended with %d:%n%s".formatted(line(), result.exitCode, result.output));
        }
        return result.output;
    }

    /** Runs it, whatever its exit code. */
    Result run() {
        try {
            var process = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            var output = CompletableFuture.supplyAsync(() -> read(process));
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes());
            }
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("%s still ran after %s".formatted(line(), PATIENCE));
            }
            return new Result(process.exitValue(), output.join());
        } catch (IOException failure) {
            throw new UncheckedIOException(line(), failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(line(), interruption);
        }
    }

    private static String read(Process process) {
        try (var in = process.getInputStream()) {
            return new String(in.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private String line() {
        return String.join(" ", words);
    }
}
