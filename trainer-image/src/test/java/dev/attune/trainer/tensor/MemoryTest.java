package dev.attune.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class MemoryTest {

    @Test
    void anArrayThatNoMachineHoldsIsKnownAsLackOfMemory() {
        var failure = catchThrowable(() -> Torch.manager().zeros(new Shape(1L << 50)));
        assertThat(failure).isInstanceOf(EngineException.class);
        assertThat(Torch.ranOutOfMemory(failure)).as(failure.getMessage()).isTrue();
    }

    @Test
    void soIsJavasOwn() {
        assertThat(Torch.ranOutOfMemory(new OutOfMemoryError("Cannot reserve 8 bytes of direct buffer memory")))
                .isTrue();
    }

    @Test
    void anotherFailureIsNot() {
        assertThat(Torch.ranOutOfMemory(new EngineException("mat1 and mat2 shapes cannot be multiplied")))
                .isFalse();
    }
}
