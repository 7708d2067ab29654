package dev.attune.trainer.safetensors;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.trainer.digest.HashedFile;
import dev.attune.trainer.tensor.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Writes named arrays from where they lie; what is on an accelerator is copied, one array at a time. */
public final class SafetensorsWriter {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SafetensorsWriter() {}

    /**
     * Writes the arrays in the map's order and syncs the file to its disk.
     *
     * @return the file's digest
     */
    public static String write(Path path, Map<String, NDArray> arrays) throws IOException {
        try (var file = HashedFile.create(path)) {
            file.write(header(arrays));
            for (var array : arrays.values()) {
                try (var scope = Scope.withoutGradients()) {
                    file.write(array.toByteBuffer(true));
                }
            }
            return file.finish();
        }
    }

    private static ByteBuffer header(Map<String, NDArray> arrays) throws IOException {
        var header = JSON.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        var offset = 0L;
        for (var named : arrays.entrySet()) {
            var array = named.getValue();
            var type = DType.of(array.getDataType());
            var end = offset + array.size() * type.bytes;
            var entry = header.putObject(named.getKey()).put("dtype", type.name());
            entry.set("shape", JSON.valueToTree(array.getShape().getShape()));
            entry.set("data_offsets", JSON.valueToTree(new long[] {offset, end}));
            offset = end;
        }
        var json = JSON.writeValueAsString(header);
        var padded = json + " ".repeat((8 - json.getBytes(StandardCharsets.UTF_8).length % 8) % 8);
        var bytes = padded.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .put(bytes)
                .flip();
    }
}
