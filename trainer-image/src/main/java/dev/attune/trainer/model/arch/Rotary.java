package dev.attune.trainer.model.arch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.trainer.model.Config;
import dev.attune.trainer.tensor.Ops;
import dev.attune.trainer.tensor.Torch;
import java.util.Set;
import java.util.stream.LongStream;

/** Rotary position embedding (https://arxiv.org/abs/2104.09864): the frequencies of a head, scaled as configured. */
final class Rotary {

    private static final Set<String> KNOWN = Set.of("default", "linear", "llama3");

    private final float[] frequencies;

    private Rotary(float[] frequencies) {
        this.frequencies = frequencies;
    }

    /** From {@code rope_theta} and {@code rope_scaling} of transformers 4, or {@code rope_parameters} of 5. */
    static Rotary of(Config config, int headSize) {
        var share = share(config, "partial_rotary_factor", 1);
        if (share != 1) {
            throw config.refuse("partial_rotary_factor", share + " is not implemented; only 1 is");
        }
        return of(config, headSize, config.number("rope_theta", 10_000));
    }

    /** Which part of a head is turned, from its first number on; older files have a field of their own for it. */
    static double share(Config config, String older, double otherwise) {
        return config.block("rope_parameters").path("partial_rotary_factor").asDouble(config.number(older, otherwise));
    }

    /**
     * Of a part of a head.
     *
     * @param width how many numbers of a head are turned, from its first on; even
     * @param base theta, unless {@code rope_parameters} has it
     */
    static Rotary of(Config config, int width, double base) {
        var field = config.block("rope_parameters").isObject() ? "rope_parameters" : "rope_scaling";
        var scaling = config.block(field);
        var theta = scaling.path("rope_theta").asDouble(base);
        var type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
        if (!KNOWN.contains(type)) {
            throw config.refuse(field, "rope_type '" + type + "' is not implemented; known: default, linear, llama3");
        }
        var frequencies = new float[width / 2];
        for (var i = 0; i < frequencies.length; i++) {
            var plain = 1 / Math.pow(theta, 2.0 * i / width);
            frequencies[i] = (float) scaled(plain, type, scaling);
        }
        return new Rotary(frequencies);
    }

    private static double scaled(double frequency, String type, JsonNode scaling) {
        return switch (type) {
            case "linear" -> frequency / scaling.path("factor").asDouble(1);
            case "llama3" -> llama3(frequency, scaling);
            default -> frequency;
        };
    }

    /** Long waves are stretched, short ones kept, those between interpolated (Llama 3.1). */
    private static double llama3(double frequency, JsonNode scaling) {
        var factor = scaling.path("factor").asDouble(8);
        var low = scaling.path("low_freq_factor").asDouble(1);
        var high = scaling.path("high_freq_factor").asDouble(4);
        var trained = scaling.path("original_max_position_embeddings").asDouble(8192);
        var wavelength = 2 * Math.PI / frequency;
        if (wavelength < trained / high) {
            return frequency;
        }
        if (wavelength > trained / low) {
            return frequency / factor;
        }
        var smooth = (trained / wavelength - low) / (high - low);
        return (1 - smooth) * frequency / factor + smooth * frequency;
    }

    /** Cosines and sines {@code [length, width]} of positions [length], none of which is before the first. */
    NDArray[] table(long[] positions) {
        var rows = LongStream.of(positions)
                .map(position -> position - positions[0])
                .toArray();
        var span = (int) LongStream.of(rows).max().orElseThrow() + 1;
        var half = frequencies.length;
        var cos = new float[span * half * 2];
        var sin = new float[span * half * 2];
        for (var row = 0; row < span; row++) {
            for (var i = 0; i < half; i++) {
                var angle = (float) (positions[0] + row) * frequencies[i];
                var at = row * half * 2 + i;
                cos[at] = (float) Math.cos(angle);
                sin[at] = (float) Math.sin(angle);
                cos[at + half] = cos[at];
                sin[at + half] = sin[at];
            }
        }
        var shape = new Shape(span, 2L * half);
        var index = Torch.array(rows);
        return new NDArray[] {Ops.rows(Torch.array(cos, shape), index), Ops.rows(Torch.array(sin, shape), index)};
    }
}
