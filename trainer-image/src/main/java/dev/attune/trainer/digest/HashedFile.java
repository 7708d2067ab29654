package dev.attune.trainer.digest;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A new file that is hashed while it is written, so that nobody has to read it again. It goes past the system's cache where the
 * file system allows it: to find memory for the cache and to copy into it takes longer than to write to a fast disk.
 */
public final class HashedFile implements AutoCloseable {

    /** Bytes that are written at a time. */
    private static final int CHUNK = 2 << 20;

    /** What addresses and lengths are multiples of, as past the cache they must be of the disk's block. */
    private static final int BLOCK = 1 << 16;

    private static final OpenOption PAST_THE_CACHE = pastTheCache();

    /** Buffers of files that were closed. Java would collect them late, and each save would leave its own. */
    private static final Queue<ByteBuffer> SPARE = new ConcurrentLinkedQueue<>();

    private final FileChannel channel;
    private final MessageDigest sha = Digests.sha256();
    private ByteBuffer filling = empty();
    private ByteBuffer leaving = empty();
    private CompletableFuture<Void> hashed = CompletableFuture.completedFuture(null);
    private long size;

    private HashedFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Begins a file, in place of one that is there. */
    public static HashedFile create(Path path) throws IOException {
        return new HashedFile(open(path));
    }

    private static FileChannel open(Path path) throws IOException {
        var first = empty().limit(BLOCK);
        try {
            var channel = FileChannel.open(path, CREATE, TRUNCATE_EXISTING, WRITE, PAST_THE_CACHE);
            try {
                // Blocks may be larger, and a file system may take the option and refuse the write.
                channel.write(first, 0);
                return channel;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | UnsupportedOperationException e) {
            return FileChannel.open(path, CREATE, TRUNCATE_EXISTING, WRITE);
        } finally {
            SPARE.add(first);
        }
    }

    private static ByteBuffer empty() {
        var spare = SPARE.poll();
        return spare != null
                ? spare.clear()
                : ByteBuffer.allocateDirect(CHUNK + BLOCK)
                        .alignedSlice(BLOCK)
                        .limit(CHUNK)
                        .slice();
    }

    /** An option that Java has, but not in its API; where it has none, one that changes nothing. */
    private static OpenOption pastTheCache() {
        try {
            var extended = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            return Arrays.stream(extended)
                    .map(OpenOption.class::cast)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .findFirst()
                    .orElse(WRITE);
        } catch (ClassNotFoundException e) {
            return WRITE;
        }
    }

    /** Appends what is left of some bytes. */
    public void write(ByteBuffer bytes) throws IOException {
        for (var from = bytes.position(); from < bytes.limit(); ) {
            var fitting = Math.min(filling.remaining(), bytes.limit() - from);
            filling.put(bytes.slice(from, fitting));
            from += fitting;
            if (!filling.hasRemaining()) {
                flush();
            }
        }
    }

    /** Writes a chunk, in whole blocks, while it is hashed; that may go on while the next one is filled. */
    private void flush() throws IOException {
        hashed.join();
        var chunk = filling.flip();
        filling = leaving.clear();
        leaving = chunk;
        var known = chunk.duplicate();
        hashed = CompletableFuture.runAsync(() -> sha.update(known));
        size += chunk.limit();
        chunk.limit((chunk.limit() + BLOCK - 1) / BLOCK * BLOCK);
        while (chunk.hasRemaining()) {
            channel.write(chunk);
        }
    }

    /** Waits until all is on the disk, and gives the digest of what was written. */
    public String finish() throws IOException {
        flush();
        hashed.join();
        channel.truncate(size); // whole blocks are too much
        channel.force(true);
        return Digests.text(sha);
    }

    @Override
    public void close() throws IOException {
        hashed.join();
        SPARE.add(filling);
        SPARE.add(leaving);
        channel.close();
    }
}
