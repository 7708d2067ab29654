package dev.attune.trainer.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What computes, as far as it matters for what is computed.
 *
 * @param fastBf16 whether it multiplies bf16 faster than fp32
 */
public record Processor(boolean fastBf16) {

    /** Set to {@code always}, bf16 counts as fast wherever it runs: to test it, and to measure it. */
    private static final String FORCE = "ATTUNE_BF16";

    /** The one that libtorch computes with; every GPU counts as fast. */
    public static Processor here() {
        return new Processor("always".equals(System.getenv(FORCE)) || Torch.hasGpu() || of(cpuinfo()).fastBf16);
    }

    /** As Linux's {@code /proc/cpuinfo} tells it. Without tiles (AMX), 16 bits are unpacked to 32 before they are multiplied. */
    static Processor of(String cpuinfo) {
        return new Processor(cpuinfo.lines()
                .filter(line -> line.startsWith("flags"))
                .anyMatch(line -> List.of(line.split("\\s+")).contains("amx_bf16")));
    }

    private static String cpuinfo() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo"));
        } catch (IOException e) {
            return "";
        }
    }
}
