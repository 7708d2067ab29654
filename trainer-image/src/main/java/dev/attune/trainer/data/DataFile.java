package dev.attune.trainer.data;

import dev.attune.api.DataSet;
import dev.attune.api.DataSet.Format;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.place.Places;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file of records, as {@code spec.data} names it: JSON Lines, or plain text ({@code .txt}), which is one record as a
 * whole; either may be compressed ({@code .gz}).
 *
 * @param field path of its entry in the manifest, as in {@code spec.data.train[0]}
 */
public record DataFile(String field, DataSet set, Path path) {

    /**
     * Finds the file that a data set names.
     *
     * @throws TrainerFailure when it isn't there, or can't hold what the format asks for
     */
    public static DataFile of(Places places, String field, DataSet set) {
        var path = places.existing(field + ".from", set.from());
        if (Files.isDirectory(path)) {
            throw TrainerFailure.invalidManifest(
                    "%s.from: %s is a folder: name a file in it".formatted(field, set.from()));
        }
        var file = new DataFile(field, set, path);
        if (file.isPlainText() && set.format() != null && set.format() != Format.TEXT) {
            throw TrainerFailure.invalidManifest(
                    "%s.format: %s is plain text: write text, or give JSON Lines".formatted(field, set.from()));
        }
        return file;
    }

    /** The file's URI. */
    public String uri() {
        return set.from();
    }

    /**
     * Reads the records one after the other.
     *
     * @param wanted the formats that the reader can use, which decide where a record's columns could be several
     * @throws TrainerFailure at the first line that is no record of the format, or when there's none at all
     */
    public void forEach(Set<Format> wanted, Consumer<Sample> action) {
        try (var stream = open()) {
            if (isPlainText()) {
                var text = decode(uri(), withoutMark(stream.readAllBytes())).replace("\r\n", "\n");
                if (text.isBlank()) {
                    throw empty();
                }
                action.accept(new Sample.Text(uri(), text));
            } else if (!readLines(stream, new RecordParser(field, set, wanted), action)) {
                throw empty();
            }
        } catch (ZipException | EOFException e) {
            throw TrainerFailure.invalidData("%s is no whole gzip file: %s".formatted(uri(), e.getMessage()));
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private boolean isPlainText() {
        return name().endsWith(".txt");
    }

    private String name() {
        var name = path.getFileName().toString();
        return name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
    }

    private InputStream open() throws IOException {
        var file = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        return path.toString().endsWith(".gz") ? new BufferedInputStream(new GZIPInputStream(file)) : file;
    }

    private boolean readLines(InputStream stream, RecordParser parser, Consumer<Sample> action) throws IOException {
        var found = false;
        var line = new ByteArrayOutputStream();
        for (int number = 1, next = 0; next >= 0; number++) {
            line.reset();
            for (next = stream.read(); next >= 0 && next != '\n'; next = stream.read()) {
                line.write(next);
            }
            var where = "%s line %d".formatted(uri(), number);
            var text = decode(where, number == 1 ? withoutMark(line.toByteArray()) : line.toByteArray());
            if (!text.isBlank()) {
                action.accept(parser.parse(where, text));
                found = true;
            }
        }
        return found;
    }

    private static String decode(String where, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw TrainerFailure.invalidData("%s: is no UTF-8 text".formatted(where));
        }
    }

    /** The bytes without a byte order mark in front. */
    private static byte[] withoutMark(byte[] bytes) {
        var marked = bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf;
        return marked ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
    }

    private TrainerFailure empty() {
        return TrainerFailure.invalidData("%s holds no record".formatted(uri()));
    }

    private TrainerFailure unavailable(IOException e) {
        return TrainerFailure.unavailable("%s can't be read: %s".formatted(uri(), e.getMessage()), e);
    }
}
