package dev.attune.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.tensor.Codes;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.Map;

/**
 * A coarse way to keep a frozen weight: codes in place of its numbers, and beside them the largest magnitude of each block of
 * {@value #BLOCK} numbers, in fp32. Both lie among a model's weights, the codes under the weight's own name.
 */
public enum Quantization {
    /** Four bits a number, two codes a byte, the first one in front: the quantiles of a normal distribution (QLoRA). */
    NF4(DataType.UINT8) {
        @Override
        NDArray codes(NDArray blocks) {
            return Codes.packNf4(blocks, NF4_BORDERS);
        }

        @Override
        NDArray restored(NDArray codes, NDArray scales) {
            return Codes.unpackNf4(codes, scales, NF4_PAIRS);
        }
    },
    /** Eight bits a number: whole steps of a 127th of the largest. */
    INT8(DataType.INT8) {
        @Override
        NDArray codes(NDArray blocks) {
            return Codes.packInt8(blocks);
        }

        @Override
        NDArray restored(NDArray codes, NDArray scales) {
            return Codes.unpackInt8(codes, scales);
        }
    };

    /** Numbers that share a scale. */
    static final int BLOCK = 64;

    private static final String SCALES = ".absmax";

    /** What NF4's codes stand for, as QLoRA publishes it (https://arxiv.org/abs/2305.14314, appendix E). */
    private static final float[] NF4_VALUES = {
        -1f,
        -0.6961928009986877f,
        -0.5250730514526367f,
        -0.39491748809814453f,
        -0.28444138169288635f,
        -0.18477343022823334f,
        -0.09105003625154495f,
        0f,
        0.07958029955625534f,
        0.16093020141124725f,
        0.24611230194568634f,
        0.33791524171829224f,
        0.44070982933044434f,
        0.5626170039176941f,
        0.7229568362236023f,
        1f
    };

    private static final NDArray NF4_BORDERS = borders();
    private static final NDArray NF4_PAIRS = pairs();

    private final DataType type;

    Quantization(DataType type) {
        this.type = type;
    }

    /** Codes shaped as the weight, but for the last axis of NF4's; from numbers within ±1, {@code [blocks, BLOCK]}. */
    abstract NDArray codes(NDArray blocks);

    /** The numbers that codes and scales stand for, as one row. */
    abstract NDArray restored(NDArray codes, NDArray scales);

    private static NDArray borders() {
        var borders = new float[NF4_VALUES.length - 1];
        for (var i = 0; i < borders.length; i++) {
            borders[i] = (NF4_VALUES[i] + NF4_VALUES[i + 1]) / 2;
        }
        return lasting(Torch.array(borders, new Shape(borders.length)));
    }

    /** The two numbers that each byte stands for. */
    private static NDArray pairs() {
        var pairs = new float[512];
        for (var code = 0; code < 256; code++) {
            pairs[2 * code] = NF4_VALUES[code >> 4];
            pairs[2 * code + 1] = NF4_VALUES[code & 15];
        }
        return lasting(Torch.array(pairs, new Shape(256, 2)));
    }

    /** This class may be met for the first time inside a scope. */
    private static NDArray lasting(NDArray array) {
        Scope.release(array);
        return array;
    }

    /** Puts codes and scales in a weight's place; the weight is freed. */
    void replace(Map<String, NDArray> weights, String name) {
        var weight = weights.get(name);
        if (weight.size() % BLOCK != 0) {
            return;
        }
        var shape = weight.getShape();
        try (var scope = Scope.withoutGradients()) {
            var blocks = weight.reshape(-1, BLOCK);
            var scales = Codes.blockMaxima(blocks);
            var codes = codes(Codes.blockRatios(blocks, scales)).reshape(shape.get(0), -1);
            weights.put(name, scope.keep(codes));
            weights.put(scales(name), scope.keep(scales));
        }
        weight.close();
    }

    /** The same of a linear layer's weight; of the task's head and of what is no linear layer nothing is replaced. */
    void replace(Map<String, NDArray> weights, Architecture architecture, Parameter parameter) {
        if (replaces(architecture, parameter)) {
            replace(weights, parameter.name());
        }
    }

    /** Whether a weight is kept as codes: those of linear layers but for the task's head, in whole blocks. */
    public static boolean replaces(Architecture architecture, Parameter parameter) {
        var head = architecture.head();
        return parameter.isLinear()
                && parameter.shape().size() % BLOCK == 0
                && !parameter.module().equals(head.last())
                && !head.parameters().contains(parameter);
    }

    /** Bits of a code. */
    public int bits() {
        return this == NF4 ? 4 : 8;
    }

    /** The weight of a name in fp32, restored if it is kept as codes; {@code null}: there is none. */
    static NDArray weight(Map<String, NDArray> weights, String name) {
        var kept = weights.get(name);
        var scales = weights.get(scales(name));
        if (scales == null) {
            return kept;
        }
        for (var kind : values()) {
            if (kind.type == kept.getDataType()) {
                return kind.restored(kept, scales).reshape(kept.getShape().get(0), -1);
            }
        }
        throw new IllegalStateException(name + " is kept as " + kept.getDataType());
    }

    /** The name of a weight's scales, where it is kept as codes. */
    static String scales(String name) {
        return name + SCALES;
    }

    /** Whether a name among a model's weights is that of scales. */
    static boolean isScales(String name) {
        return name.endsWith(SCALES);
    }
}
