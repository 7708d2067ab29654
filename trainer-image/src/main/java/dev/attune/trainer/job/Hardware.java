package dev.attune.trainer.job;

import dev.attune.trainer.estimate.Room;
import dev.attune.trainer.tensor.Processor;
import dev.attune.trainer.tensor.Torch;
import java.util.Optional;

/**
 * What a run has to compute with.
 *
 * @param room for tensors; empty where an accelerator has them, which tells when it has no more
 */
public record Hardware(Processor processor, Optional<Room> room) {

    /** What is here. */
    public static Hardware here() {
        return new Hardware(Processor.here(), Torch.hasGpu() ? Optional.empty() : Optional.of(Room.here()));
    }
}
