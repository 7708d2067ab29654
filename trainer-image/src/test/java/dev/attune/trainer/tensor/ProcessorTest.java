package dev.attune.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessorTest {

    private static final String FLAGS = """
            processor	: 0
            vendor_id	: GenuineIntel
            model name	: Intel(R) Xeon(R) Processor
            flags		: fpu vme avx512f avx512_bf16 %s
            bugs		: spectre_v1

            """;

    @Test
    void tilesMultiplyBf16FasterThanFp32() {
        var two = FLAGS.formatted("amx_bf16 amx_tile amx_int8").repeat(2);
        assertThat(Processor.of(two).fastBf16()).isTrue();
    }

    @Test
    void vectorsAloneDoNot() {
        assertThat(Processor.of(FLAGS.formatted("avx512_fp16")).fastBf16()).isFalse();
    }

    @Test
    void whereNothingIsKnownNothingIsClaimed() {
        assertThat(Processor.of("").fastBf16()).isFalse();
        assertThat(Processor.of("Features\t: fp asimd bf16\n").fastBf16()).isFalse();
    }
}
