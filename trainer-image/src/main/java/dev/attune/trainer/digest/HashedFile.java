package dev.attune.trainer.digest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A new file that is hashed while it is written, and sent to its disk on the way, so that neither is left to be done at
 * the end. All three read the caller's memory; nothing is copied.
 */
public final class HashedFile implements AutoCloseable {

    /** Bytes behind which the disk may lag before it is told to go on. */
    private static final long LAG = 64 << 20;

    /** Bytes that are hashed before another thread would have woken up. */
    private static final int FEW = 64 << 10;

    private final FileChannel channel;
    private final MessageDigest sha = Digests.sha256();
    private final ExecutorService threads = Executors.newCachedThreadPool(HashedFile::daemon);
    private CompletableFuture<Void> sending = CompletableFuture.completedFuture(null);
    private long sent;

    private HashedFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Begins a file, in place of one that is there. */
    public static HashedFile create(Path path) throws IOException {
        return new HashedFile(FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
    }

    private static Thread daemon(Runnable work) {
        var thread = new Thread(work, "hashed-file");
        thread.setDaemon(true);
        return thread;
    }

    /** Appends bytes; when it returns, they are no longer needed. */
    public void write(ByteBuffer bytes) throws IOException {
        var same = bytes.duplicate();
        var hashing =
                CompletableFuture.runAsync(() -> sha.update(same), bytes.remaining() < FEW ? Runnable::run : threads);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } finally {
            hashing.join();
        }
        if (channel.position() - sent > LAG && sending.isDone()) {
            join();
            sent = channel.position();
            sending = CompletableFuture.runAsync(this::send, threads);
        }
    }

    private void send() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void join() throws IOException {
        try {
            sending.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failure) {
                throw failure.getCause();
            }
            throw e;
        }
    }

    /** Waits until all is on the disk, and gives the digest of what was written. */
    public String finish() throws IOException {
        join();
        channel.force(true);
        return Digests.text(sha);
    }

    @Override
    public void close() throws IOException {
        threads.shutdown();
        channel.close();
    }
}
