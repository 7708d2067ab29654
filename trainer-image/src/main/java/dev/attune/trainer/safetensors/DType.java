package dev.attune.trainer.safetensors;

import ai.djl.ndarray.types.DataType;

/** A number's type: its name in the file, its size in bytes, and what libtorch and DJL call it. */
enum DType {
    F64(8, 7, DataType.FLOAT64),
    F32(4, 6, DataType.FLOAT32),
    F16(2, 5, DataType.FLOAT16),
    BF16(2, 15, null),
    I64(8, 4, DataType.INT64),
    I32(4, 3, DataType.INT32),
    U8(1, 0, DataType.UINT8),
    BOOL(1, 11, DataType.BOOLEAN);

    final int bytes;
    final int scalarType;
    final DataType djl;

    DType(int bytes, int scalarType, DataType djl) {
        this.bytes = bytes;
        this.scalarType = scalarType;
        this.djl = djl;
    }

    static DType of(DataType type) {
        for (var candidate : values()) {
            if (candidate.djl == type) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("no safetensors type for " + type);
    }
}
