package dev.attune.trainer.estimate;

import dev.attune.trainer.method.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model, a method and how to train: what it takes, and what else would take less.
 *
 * @param others methods that take less memory
 */
public record Choice(Outline outline, Method method, Outline.Training training, List<Other> others) {

    /** Below this a text says too little. */
    private static final int SHORTEST = 32;

    /**
     * A method that could be used instead.
     *
     * @param field of the manifest, and
     * @param value what to write there
     */
    public record Other(String field, String value, Method method) {}

    /** What it takes. */
    public Estimate estimate() {
        return Estimator.of(workload());
    }

    /** It in numbers. */
    public Workload workload() {
        return outline.workload(method, training);
    }

    /** Micro-batches of no more texts than so many into which a step can be split evenly, the largest first. */
    private IntStream sizes(int most) {
        return IntStream.iterate(most, size -> size > 0, size -> size - 1).filter(size -> training.texts() % size == 0);
    }

    /** The same by the largest micro-batches that take no more than so many bytes, or else of a single text. */
    public Choice within(long limit) {
        return sizes(training.atOnce())
                .mapToObj(size -> new Choice(outline, method, training.by(size), others))
                .filter(choice -> choice.estimate().memory().peak() <= limit)
                .findFirst()
                .orElseGet(() -> new Choice(outline, method, training.by(1), others));
    }

    private Change change(String field, Object value, Outline.Training other) {
        return new Change("spec.training." + field, value.toString(), Estimator.of(outline.workload(method, other)));
    }

    /**
     * What would take less memory, one thing at a time; where a size can be chosen, the largest that fits, or else the
     * smallest; where none of it is enough, all that leaves texts and method as they are at once.
     *
     * @param limit bytes that it may take
     */
    public List<Change> changes(long limit) {
        var now = estimate().memory().peak();
        var changes = new ArrayList<Change>();
        best(limit, sizes(training.atOnce() - 1).mapToObj(size -> change("microBatchSize", size, training.by(size))))
                .ifPresent(changes::add);
        changes.add(change("gradientCheckpointing", true, training.recomputing()));
        if (training.moments() == Moments.ADAMW) {
            changes.add(change("optimizer", "adamw8bit", training.coding()));
        }
        best(
                        limit,
                        IntStream.iterate(training.length() / 2, length -> length >= SHORTEST, length -> length / 2)
                                .mapToObj(length -> change("sequenceLength", length, training.upTo(length))))
                .ifPresent(changes::add);
        others.stream()
                .map(other -> new Change(
                        other.field(), other.value(), Estimator.of(outline.workload(other.method(), training))))
                .forEach(changes::add);
        if (changes.stream().noneMatch(change -> change.fits(limit))) {
            changes.add(smallest());
        }
        return changes.stream()
                .filter(change -> change.estimate().memory().peak() < now)
                .toList();
    }

    private Change smallest() {
        var coded = training.moments() == Moments.ADAMW;
        var least = training.by(1).recomputing();
        return new Change(
                "spec.training",
                "{microBatchSize: 1, gradientCheckpointing: true%s}".formatted(coded ? ", optimizer: adamw8bit" : ""),
                Estimator.of(outline.workload(method, coded ? least.coding() : least)));
    }

    /** The first that fits; or else the last. */
    private static Optional<Change> best(long limit, Stream<Change> falling) {
        var all = falling.toList();
        return all.stream()
                .filter(change -> change.fits(limit))
                .findFirst()
                .or(() -> all.stream().reduce((before, after) -> after));
    }
}
