package dev.attune.trainer.sink.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A reader of event files that shares no code with their writer; its checksum is computed bit by bit. */
final class EventFiles {

    private EventFiles() {}

    /** The scalars of a folder, value by step by tag, with the rule that a session's start drops the steps from it on. */
    static Map<String, TreeMap<Long, Double>> scalars(Path folder) throws IOException {
        var scalars = new TreeMap<String, TreeMap<Long, Double>>();
        for (var file : files(folder)) {
            var first = true;
            for (var record : records(Files.readAllBytes(file))) {
                var event = fields(record);
                long step = event.containsKey(2) ? (Long) event.get(2).get(0) : 0;
                assertThat(event.get(1)).singleElement().isInstanceOf(Long.class);
                if (first) {
                    assertThat(event.get(3))
                            .singleElement()
                            .isEqualTo("brain.Event:2".getBytes(StandardCharsets.UTF_8));
                }
                first = false;
                if (event.containsKey(7)) {
                    scalars.values()
                            .forEach(values -> values.tailMap(step, true).clear());
                }
                for (var summary : event.getOrDefault(5, List.of())) {
                    for (var value : fields((byte[]) summary).get(1)) {
                        var fields = fields((byte[]) value);
                        var tag = new String((byte[]) fields.get(1).get(0), StandardCharsets.UTF_8);
                        var bits = ((Long) fields.get(2).get(0)).intValue();
                        var before = scalars.computeIfAbsent(tag, t -> new TreeMap<>())
                                .put(step, (double) Float.intBitsToFloat(bits));
                        assertThat(before)
                                .as("%s is there twice at step %d", tag, step)
                                .isNull();
                    }
                }
            }
        }
        return scalars;
    }

    static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static List<byte[]> records(byte[] bytes) {
        var records = new ArrayList<byte[]>();
        var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            var length = new byte[8];
            in.get(length);
            assertThat(in.getInt()).isEqualTo(maskedCrc(length));
            var data = new byte
                    [(int) ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong()];
            in.get(data);
            assertThat(in.getInt()).isEqualTo(maskedCrc(data));
            records.add(data);
        }
        return records;
    }

    /** Values by field number: a Long of varints and fixed ones, bytes of the others. */
    private static Map<Integer, List<Object>> fields(byte[] message) {
        var fields = new TreeMap<Integer, List<Object>>();
        var in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            var tag = varint(in);
            Object value = switch ((int) (tag & 7)) {
                case 0 -> varint(in);
                case 1 -> in.getLong();
                case 2 -> {
                    var bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    yield bytes;
                }
                case 5 -> Long.valueOf(in.getInt());
                default -> throw new AssertionError("wire type " + (tag & 7));
            };
            fields.computeIfAbsent((int) (tag >>> 3), field -> new ArrayList<>())
                    .add(value);
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        var value = 0L;
        for (var shift = 0; ; shift += 7) {
            var part = in.get();
            value |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return value;
            }
        }
    }

    /** Castagnoli's polynomial, reflected; then TFRecord's mask. */
    private static int maskedCrc(byte[] bytes) {
        var crc = -1;
        for (var b : bytes) {
            crc ^= b & 0xFF;
            for (var bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ (0x82F63B78 & -(crc & 1));
            }
        }
        crc = ~crc;
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }
}
