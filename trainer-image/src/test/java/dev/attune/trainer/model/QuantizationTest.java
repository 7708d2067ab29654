package dev.attune.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.safetensors.SafetensorsFile;
import dev.attune.trainer.tensor.Torch;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizationTest {

    private static final String WEIGHT = "layer.weight";

    @Test
    void nf4HasTheCodesAndTheNumbersOfBitsandbytes() {
        var reference = SafetensorsFile.open(Path.of("src/test/resources/fixtures/quantized/nf4.safetensors"));
        var weights = kept(Quantization.NF4, reference.floats("weight"));

        assertThat(weights.get(WEIGHT).toUint8Array())
                .isEqualTo(reference.array("codes").toUint8Array());
        assertThat(weights.get(WEIGHT + ".absmax").toFloatArray())
                .isEqualTo(reference.floats("absmax").toFloatArray());
        assertThat(largest(Quantization.weight(weights, WEIGHT).sub(reference.floats("restored"))))
                .isLessThanOrEqualTo(1e-6f);
    }

    @Test
    void int8IsWithinHalfAStepOfTheWeight() {
        var numbers = normal(96 * 64);
        var weights = kept(Quantization.INT8, Torch.manager().create(numbers, new Shape(96, 64)));

        var restored = Quantization.weight(weights, WEIGHT);
        assertThat(restored.getShape()).isEqualTo(new Shape(96, 64));
        var scales = weights.get(WEIGHT + ".absmax").toFloatArray();
        var error = restored.toFloatArray();
        for (var i = 0; i < numbers.length; i++) {
            assertThat(Math.abs(error[i] - numbers[i])).isLessThanOrEqualTo(scales[i / 64] / 127 * 0.5001f);
        }
    }

    @ParameterizedTest
    @EnumSource(Quantization.class)
    void aWeightTakesAnEighthOrAQuarterOfItsRoomAndItsScalesTheRest(Quantization kind) {
        var weights = kept(kind, Torch.manager().create(normal(64 * 64), new Shape(64, 64)));
        assertThat(weights.get(WEIGHT).size()).isEqualTo(kind == Quantization.NF4 ? 2048 : 4096);
        assertThat(weights.get(WEIGHT).getDataType().getNumOfBytes()).isEqualTo(1);
        assertThat(weights.get(WEIGHT + ".absmax").size()).isEqualTo(64);
    }

    @ParameterizedTest
    @EnumSource(Quantization.class)
    void aWeightThatIsNoWholeNumberOfBlocksStaysAsItIs(Quantization kind) {
        var weights = kept(kind, Torch.manager().create(normal(35), new Shape(5, 7)));
        assertThat(weights).containsOnlyKeys(WEIGHT);
        assertThat(weights.get(WEIGHT).getDataType()).isEqualTo(DataType.FLOAT32);
    }

    private static Map<String, NDArray> kept(Quantization kind, NDArray weight) {
        var weights = new HashMap<String, NDArray>(Map.of(WEIGHT, weight));
        kind.replace(weights, WEIGHT);
        return weights;
    }

    private static float[] normal(int count) {
        var random = new Random(3);
        var numbers = new float[count];
        for (var i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static float largest(NDArray array) {
        return array.abs().max().toFloatArray()[0];
    }
}
