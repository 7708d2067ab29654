package dev.attune.trainer.digest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** A new file that is hashed while it is written, so that nobody has to read it again. */
public final class HashedFile implements AutoCloseable {

    /** Bytes that a processor still has at hand, once they are hashed, when they are copied to the file. */
    private static final int CHUNK = 1 << 20;

    private final FileChannel channel;
    private final MessageDigest sha = Digests.sha256();

    private HashedFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Begins a file, in place of one that is there. */
    public static HashedFile create(Path path) throws IOException {
        return new HashedFile(FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
    }

    /** Appends what is left of some bytes. */
    public void write(ByteBuffer bytes) throws IOException {
        for (var from = bytes.position(); from < bytes.limit(); from += CHUNK) {
            var chunk = bytes.slice(from, Math.min(CHUNK, bytes.limit() - from));
            sha.update(chunk.duplicate());
            while (chunk.hasRemaining()) {
                channel.write(chunk);
            }
        }
    }

    /** Waits until all is on the disk, and gives the digest of what was written. */
    public String finish() throws IOException {
        channel.force(true);
        return Digests.text(sha);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
