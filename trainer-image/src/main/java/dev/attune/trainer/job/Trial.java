package dev.attune.trainer.job;

import dev.attune.trainer.data.Batch;
import dev.attune.trainer.data.Example;
import dev.attune.trainer.tensor.Torch;
import dev.attune.trainer.train.Stepper;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds out what there is memory for, by steps that change nothing.
 *
 * @param batchSize examples of a step
 */
record Trial(Stepper stepper, List<Example> examples, int batchSize, int pad) {

    /**
     * The largest micro-batch that there is memory for, even where the longest examples meet.
     *
     * @param most the size to begin with; sizes that divide it follow
     * @return 1, untried, where nothing above it did
     */
    int largest(int most) {
        return IntStream.iterate(most, size -> size > 1, size -> size - 1)
                .filter(size -> most % size == 0 && holds(size))
                .findFirst()
                .orElse(1);
    }

    /** The gradients of one micro-batch are there while those of another are computed. */
    private boolean holds(int size) {
        var longest = examples.stream()
                .sorted(Comparator.comparingInt(Example::length).reversed())
                .limit(size)
                .toList();
        try {
            stepper.rehearse(Collections.nCopies(size < batchSize ? 2 : 1, Batch.of(longest, pad)));
            return true;
        } catch (RuntimeException | OutOfMemoryError e) {
            if (Torch.ranOutOfMemory(e)) {
                return false;
            }
            throw e;
        }
    }
}
