package dev.attune.trainer.safetensors;

import static java.util.Comparator.comparingLong;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.tensor.Updates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * A file of named arrays. Its header is read and checked on opening; an array is mapped into memory when it is asked for,
 * privately, so that it may be written to without changing the file.
 */
public final class SafetensorsFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_HEADER = 100_000_000;

    /** How many bytes are copied at a time. */
    private static final int CHUNK = 4 << 20;

    /** Bytes on their way: one for each array would lie there until Java collects them, and come to a whole model. */
    private static final ThreadLocal<ByteBuffer> COPIED =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK));

    private final Path path;
    private final Map<String, Entry> entries;

    private SafetensorsFile(Path path, Map<String, Entry> entries) {
        this.path = path;
        this.entries = entries;
    }

    private record Entry(DType type, Shape shape, long position, long bytes) {}

    /** Reads the header; a file that is cut short or whose header makes no sense is an invalid model. */
    public static SafetensorsFile open(Path path) {
        try (var channel = FileChannel.open(path)) {
            var size = channel.size();
            var head = read(channel, path, 0, 8);
            var length = head.getLong();
            if (length <= 0 || length > MAX_HEADER || 8 + length > size) {
                throw broken(path, "its header claims " + length + " bytes, the file has " + size);
            }
            var header = JSON.readTree(read(channel, path, 8, (int) length).array());
            return new SafetensorsFile(path, entries(path, header, 8 + length, size));
        } catch (JsonProcessingException e) {
            throw broken(path, "its header is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw TrainerFailure.unavailable(path + " can't be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, Entry> entries(Path path, JsonNode header, long base, long size) {
        var entries = new LinkedHashMap<String, Entry>();
        header.properties().forEach(field -> {
            if (!field.getKey().equals("__metadata__")) {
                entries.put(field.getKey(), entry(path, field.getKey(), field.getValue(), base, size));
            }
        });
        requireApart(path, entries);
        return entries;
    }

    private static void requireApart(Path path, Map<String, Entry> entries) {
        var end = 0L;
        for (var named : entries.entrySet().stream()
                .sorted(comparingLong(each -> each.getValue().position()))
                .toList()) {
            if (named.getValue().position() < end) {
                throw broken(path, "tensor " + named.getKey() + " overlaps the one before it");
            }
            end = named.getValue().position() + named.getValue().bytes();
        }
    }

    private static Entry entry(Path path, String name, JsonNode node, long base, long size) {
        var type = type(path, name, node.path("dtype").asText());
        var shape = new Shape(StreamSupport.stream(node.path("shape").spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray());
        var begin = node.path("data_offsets").path(0).asLong(-1);
        var end = node.path("data_offsets").path(1).asLong(-1);
        if (begin < 0 || end - begin != shape.size() * type.bytes) {
            throw broken(path, "tensor " + name + " has offsets that don't fit its shape " + shape);
        }
        if (base + end > size) {
            throw broken(
                    path,
                    "tensor " + name + " ends at byte " + (base + end) + ", the file at " + size
                            + ": it is cut short, copy it again");
        }
        return new Entry(type, shape, base + begin, end - begin);
    }

    private static DType type(Path path, String name, String type) {
        try {
            return DType.valueOf(type);
        } catch (IllegalArgumentException e) {
            throw broken(
                    path,
                    "tensor " + name + " is of type " + type + ", which can't be read: save it as F32, F16 or"
                            + " BF16");
        }
    }

    /** Names of the arrays, in the file's order. */
    public Set<String> names() {
        return entries.keySet();
    }

    /** Shape of a named array, which must be there. */
    public Shape shape(String name) {
        return entries.get(name).shape();
    }

    /** Where the file lies. */
    public Path path() {
        return path;
    }

    /** A named array as fp32, on the process's device. F32 on a CPU is mapped, not copied. */
    public NDArray floats(String name) {
        return converted(array(name));
    }

    /** The same in memory of its own, for a file that others may replace or delete. */
    public NDArray ownFloats(String name) {
        return converted(copied(name, CHUNK));
    }

    private static NDArray converted(NDArray array) {
        if (array.getDataType() == DataType.FLOAT32) {
            return array;
        }
        var floats = Ops.fp32(array);
        array.close();
        return floats;
    }

    /** A named array as it is in the file; BF16 has no DJL type and is for {@link #floats} alone. */
    public NDArray array(String name) {
        var entry = entries.get(name);
        if (entry.bytes() > Integer.MAX_VALUE) {
            throw broken(path, "tensor " + name + " is larger than 2 GiB");
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return map(channel, entry);
        } catch (FileSystemException e) {
            return copied(name, CHUNK);
        } catch (IOException e) {
            throw TrainerFailure.unavailable(path + " can't be read: " + e.getMessage(), e);
        }
    }

    private static NDArray map(FileChannel channel, Entry entry) throws IOException {
        var bytes = channel.map(FileChannel.MapMode.PRIVATE, entry.position(), entry.bytes());
        return array(bytes, entry.type(), entry.shape());
    }

    /**
     * A private mapping needs a writable file; on a read-only volume the bytes are copied instead, a chunk at a time into
     * memory of libtorch's, as Java's own buffers hold less than a model. BF16 becomes fp32 on the way.
     */
    NDArray copied(String name, int chunk) {
        var entry = entries.get(name);
        var type = entry.type();
        var array = Torch.manager().create(entry.shape(), type.djl == null ? DataType.FLOAT32 : type.djl);
        try (var channel = FileChannel.open(path);
                var row = array.reshape(entry.shape().size())) {
            var buffer = COPIED.get();
            for (var done = 0L; done < entry.bytes(); done += buffer.limit()) {
                buffer.clear().limit((int) Math.min(chunk, entry.bytes() - done));
                fill(channel, path, entry.position() + done, buffer);
                try (var numbers = array(buffer, type, new Shape(buffer.limit() / type.bytes));
                        var place = Ops.slice(row, done / type.bytes, (done + buffer.limit()) / type.bytes)) {
                    Updates.copyInto(place, numbers);
                }
            }
            return array;
        } catch (IOException e) {
            throw TrainerFailure.unavailable(path + " can't be read: " + e.getMessage(), e);
        }
    }

    private static NDArray array(ByteBuffer bytes, DType type, Shape shape) {
        bytes.order(ByteOrder.nativeOrder());
        var manager = Torch.manager();
        if (type.djl != null) {
            return manager.create(bytes, shape, type.djl);
        }
        try (var raw = manager.create(bytes, new Shape(bytes.limit()), DataType.UINT8);
                var row = Ops.fromBytes(raw, type.scalarType)) {
            return row.reshape(shape);
        }
    }

    private static ByteBuffer read(FileChannel channel, Path path, long position, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        fill(channel, path, position, buffer);
        return buffer;
    }

    private static void fill(FileChannel channel, Path path, long position, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw broken(path, "it ends at byte " + channel.size() + ": it is cut short, copy it again");
            }
        }
        buffer.flip();
    }

    private static TrainerFailure broken(Path path, String why) {
        return TrainerFailure.invalidModel(path + ": " + why);
    }
}
