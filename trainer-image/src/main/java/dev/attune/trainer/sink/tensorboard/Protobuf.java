package dev.attune.trainer.sink.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A protocol buffers message, field by field in the order of the calls (https://protobuf.dev/programming-guides/encoding). */
final class Protobuf {

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Protobuf varint(int field, long value) {
        tag(field, VARINT);
        varint(value);
        return this;
    }

    Protobuf fixed(int field, double value) {
        tag(field, FIXED_64);
        littleEndian(Double.doubleToRawLongBits(value), Double.BYTES);
        return this;
    }

    Protobuf fixed(int field, float value) {
        tag(field, FIXED_32);
        littleEndian(Float.floatToRawIntBits(value), Float.BYTES);
        return this;
    }

    Protobuf text(int field, String value) {
        return delimited(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Protobuf message(int field, Protobuf value) {
        return delimited(field, value.toBytes());
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private Protobuf delimited(int field, byte[] value) {
        tag(field, LENGTH_DELIMITED);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    private void tag(int field, int wireType) {
        varint((long) field << 3 | wireType);
    }

    private void varint(long value) {
        var rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }

    private void littleEndian(long bits, int size) {
        for (var i = 0; i < size; i++) {
            bytes.write((int) (bits >>> 8 * i));
        }
    }
}
