package dev.attune.trainer.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    private static final String ONE = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    private final Scope scope = Scope.withoutGradients();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("model.safetensors");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        var arrays = new LinkedHashMap<String, NDArray>();
        arrays.put("matrix", Torch.manager().create(new float[] {1, -2, 3.5f, 4, 5, 6}, new Shape(2, 3)));
        arrays.put("größe", Torch.manager().create(new long[] {1L << 40}, new Shape(1)));
        arrays.put("scalar", Torch.manager().create(7f));
        arrays.put("flags", Torch.manager().create(new boolean[] {true, false}));
        SafetensorsWriter.write(file, arrays);

        var read = SafetensorsFile.open(file);
        assertThat(read.names()).containsExactly("matrix", "größe", "scalar", "flags");
        arrays.forEach((name, array) -> {
            assertThat(read.shape(name)).isEqualTo(array.getShape());
            assertThat(read.array(name).getDataType()).isEqualTo(array.getDataType());
            assertThat(read.array(name).toByteBuffer()).isEqualTo(array.toByteBuffer());
        });
    }

    @Test
    void aChangedArrayLeavesTheFileAsItIs() throws IOException {
        SafetensorsWriter.write(file, Map.of("a", Torch.manager().create(new float[] {1, 2})));
        var before = Files.readAllBytes(file);
        SafetensorsFile.open(file).floats("a").addi(5);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void aReadOnlyFileIsReadAsWell() throws IOException {
        SafetensorsWriter.write(file, Map.of("a", Torch.manager().create(new float[] {1, 2})));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        assertThat(SafetensorsFile.open(file).floats("a").toFloatArray()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 1 << 20})
    void whatIsCopiedInChunksIsWhatIsMapped(int chunk) throws IOException {
        var types = new String[] {"F64", "F32", "F16", "BF16", "I64", "I32", "U8", "BOOL"};
        var sizes = new int[] {8, 4, 2, 2, 8, 4, 1, 1};
        var header = new StringJoiner(",", "{", "}");
        var data = new ByteArrayOutputStream();
        for (var type = 0; type < types.length; type++) {
            var begin = data.size();
            for (var at = 0; at < 15 * sizes[type]; at++) {
                data.write(types[type].equals("BOOL") ? at % 2 : 7 * at % 100);
            }
            header.add("\"%s\":{\"dtype\":\"%1$s\",\"shape\":[3,5],\"data_offsets\":[%d,%d]}"
                    .formatted(types[type], begin, data.size()));
        }
        write(header.toString(), data.toByteArray());

        var read = SafetensorsFile.open(file);

        for (var name : types) {
            var mapped = name.equals("BF16") ? read.floats(name) : read.array(name);
            var copied = read.copied(name, chunk);
            assertThat(copied.getShape()).isEqualTo(new Shape(3, 5));
            assertThat(copied.getDataType()).as(name).isEqualTo(mapped.getDataType());
            assertThat(copied.toByteBuffer()).as(name).isEqualTo(mapped.toByteBuffer());
        }
    }

    @Test
    void emptyArraysAndScalarsAreCopiedAsWell() throws IOException {
        write(
                "{\"none\":{\"dtype\":\"F32\",\"shape\":[0,2],\"data_offsets\":[0,0]},"
                        + "\"one\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
                floats(1.5f));
        var read = SafetensorsFile.open(file);
        assertThat(read.copied("none", 8).getShape()).isEqualTo(new Shape(0, 2));
        assertThat(read.copied("one", 8).getFloat()).isEqualTo(1.5f);
    }

    @Test
    void halfPrecisionBecomesWhole() throws IOException {
        var header = "{\"half\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[0,6]},"
                + "\"brain\":{\"dtype\":\"BF16\",\"shape\":[1,3],\"data_offsets\":[6,12]}}";
        // 1, -2 and 0.5 in either format.
        write(header, shorts(0x3c00, 0xc000, 0x3800, 0x3f80, 0xc000, 0x3f00));

        var read = SafetensorsFile.open(file);

        for (var name : read.names()) {
            assertThat(read.floats(name).getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(read.floats(name).toFloatArray()).containsExactly(1f, -2f, 0.5f);
        }
        assertThat(read.floats("brain").getShape()).isEqualTo(new Shape(1, 3));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    not JSON        | {oops                                                              | its header is no JSON
                    unknown type    | {"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}         | tensor a is of type F8_E4M3, which can't be read: save it as
                    no offsets      | {"a":{"dtype":"F32","shape":[2]}}                                  | tensor a has offsets that don't fit its shape (2)
                    wrong length    | {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}             | tensor a has offsets that don't fit its shape (2)
                    negative offset | {"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}            | tensor a has offsets that don't fit its shape (2)
                    overlap         | {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | tensor b overlaps
                    cut short       | {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}            | tensor a ends at byte
                    """)
    void whatMakesNoSenseIsRefusedByName(String name, String header, String message) throws IOException {
        write(header, new byte[8]);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"0, it ends at byte 0", "7, it ends at byte 7", "20, its header claims", "68, cut short"})
    void aFileThatIsCutShortIsRefusedWhereverThatIs(int length, String message) throws IOException {
        write(ONE, new byte[8]);
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(length);
        }
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining(message);
    }

    @Test
    void arraysBeyondTwoGigabytesAreFound() throws IOException {
        var far = 3L << 30;
        write(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}".formatted(far, far + 8),
                new byte[0]);
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(open.length() + far);
            open.write(floats(1.5f, -3f));
        }
        assertThat(SafetensorsFile.open(file).floats("a").toFloatArray()).containsExactly(1.5f, -3f);
    }

    @Test
    void anArrayAboveTwoGigabytesIsRefusedByName() throws IOException {
        var bytes = 3L << 30;
        write(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(bytes / 4, bytes),
                new byte[0]);
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(open.length() + bytes);
        }
        assertThatThrownBy(() -> SafetensorsFile.open(file).floats("a"))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining("tensor a is larger than 2 GiB");
    }

    private void write(String header, byte[] data) throws IOException {
        var json = header.getBytes(StandardCharsets.UTF_8);
        Files.write(
                file,
                ByteBuffer.allocate(8 + json.length + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .put(data)
                        .array());
    }

    private static byte[] shorts(int... numbers) {
        var bytes = ByteBuffer.allocate(2 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (var number : numbers) {
            bytes.putShort((short) number);
        }
        return bytes.array();
    }

    private static byte[] floats(float... numbers) {
        var bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (var number : numbers) {
            bytes.putFloat(number);
        }
        return bytes.array();
    }
}
