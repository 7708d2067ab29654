package dev.attune.trainer.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive: a stored zip with the module's code, and a pickle that makes one instance of it without
 * parameters. The format is that of {@code torch.jit.save}, file format version 10.
 */
final class TorchScriptArchive {

    private TorchScriptArchive() {}

    /**
     * An archive of one module.
     *
     * @param name class name of the module in {@code code}
     * @param code serialised TorchScript, one class
     */
    static byte[] of(String name, String code) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            store(zip, "module/data.pkl", pickle(name));
            store(zip, "module/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            store(zip, "module/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "module/byteorder", ascii("little"));
            store(zip, "module/version", ascii("10\n"));
        }
        return bytes.toByteArray();
    }

    /** Protocol 2: {@code __torch__.NAME.__new__()} with state {@code {"training": True}}. */
    private static byte[] pickle(String name) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write(new byte[] {(byte) 0x80, 2});
        out.write(ascii("c__torch__\n" + name + "\n"));
        out.write(new byte[] {')', (byte) 0x81, '}', 'X', 8, 0, 0, 0});
        out.write(ascii("training"));
        out.write(new byte[] {(byte) 0x88, 's', 'b', '.'});
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void store(ZipOutputStream zip, String name, byte[] data) throws IOException {
        var crc = new CRC32();
        crc.update(data);
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(data.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
    }
}
