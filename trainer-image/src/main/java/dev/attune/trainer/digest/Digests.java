package dev.attune.trainer.digest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, written {@code sha256:<hex>}. */
public final class Digests {

    private Digests() {}

    /** Digest of a file's bytes. */
    public static String of(Path file) throws IOException {
        var sha = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return text(sha);
    }

    /** Digest of bytes. */
    public static String of(byte[] bytes) {
        var sha = sha256();
        sha.update(bytes);
        return text(sha);
    }

    static String text(MessageDigest sha) {
        return "sha256:" + HexFormat.of().formatHex(sha.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
