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
     * @throws RuntimeException or an error, as {@link Torch#ranOutOfMemory} knows them: there is none even for one
     */
    int largest(int most) {
        return IntStream.iterate(most, size -> size > 1, size -> size - 1)
                .filter(size -> most % size == 0 && holds(size))
                .findFirst()
                .orElseGet(() -> {
                    rehearse(1);
                    return 1;
                });
    }

    private boolean holds(int size) {
        try {
            rehearse(size);
            return true;
        } catch (RuntimeException | OutOfMemoryError e) {
            if (Torch.ranOutOfMemory(e)) {
                return false;
            }
            throw e;
        }
    }

    /** The gradients of one micro-batch are there while those of another are computed. */
    private void rehearse(int size) {
        var longest = examples.stream()
                .sorted(Comparator.comparingInt(Example::length).reversed())
                .limit(size)
                .toList();
        stepper.rehearse(Collections.nCopies(size < batchSize ? 2 : 1, Batch.of(longest, pad)));
    }
}
