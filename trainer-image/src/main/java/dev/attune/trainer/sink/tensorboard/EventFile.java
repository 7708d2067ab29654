package dev.attune.trainer.sink.tensorboard;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An event file: TFRecord frames (length, its checksum, data, its checksum), each holding a {@code tensorflow.Event}.
 * A frame is written in one go, so that a file whose writer was killed is whole up to its last frame.
 */
final class EventFile implements AutoCloseable {

    static final String PREFIX = "events.out.tfevents.";

    private static final int CRC_MASK = 0xa282ead8;

    // tensorflow.Event
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;
    // tensorflow.Summary and its Value
    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;
    // tensorflow.SessionLog
    private static final int STATUS = 1;
    private static final int STATUS_START = 1;

    private final Path file;
    private final OutputStream out;

    private EventFile(Path file, OutputStream out) {
        this.file = file;
        this.out = out;
    }

    /** A new file in a folder; TensorBoard reads the files of a folder as one run, by name. */
    static EventFile create(Path folder, Instant now) {
        try {
            Files.createDirectories(folder);
            for (var i = 0; ; i++) {
                var file = folder.resolve("%s%010d.attune.%d".formatted(PREFIX, now.getEpochSecond(), i));
                try {
                    var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    var events = new EventFile(file, out);
                    events.write(event(now).text(FILE_VERSION, "brain.Event:2"));
                    return events;
                } catch (FileAlreadyExistsException e) {
                    continue;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("TensorBoard's events can't be written to " + folder, e);
        }
    }

    /** Makes readers forget what earlier files of the folder say of this step and later ones. */
    void startAt(int step, Instant now) {
        write(event(now).varint(STEP, step).message(SESSION_LOG, new Protobuf().varint(STATUS, STATUS_START)));
    }

    /** Scalars by tag, measured at one step. */
    void scalars(int step, Map<String, Double> values, Instant now) {
        var summary = new Protobuf();
        values.forEach((tag, value) ->
                summary.message(VALUE, new Protobuf().text(TAG, tag).fixed(SIMPLE_VALUE, value.floatValue())));
        write(event(now).varint(STEP, step).message(SUMMARY, summary));
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException("TensorBoard's events can't be written to " + file, e);
        }
    }

    private static Protobuf event(Instant now) {
        return new Protobuf().fixed(WALL_TIME, now.toEpochMilli() / 1000.0);
    }

    private void write(Protobuf event) {
        var data = event.toBytes();
        var frame = ByteBuffer.allocate(data.length + 2 * Integer.BYTES + Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(data.length).putInt(maskedCrc(frame.array(), Long.BYTES));
        frame.put(data).putInt(maskedCrc(data, data.length));
        try {
            out.write(frame.array());
        } catch (IOException e) {
            throw new UncheckedIOException("TensorBoard's events can't be written to " + file, e);
        }
    }

    private static int maskedCrc(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
    }
}
