package dev.attune.trainer.objective;

import dev.attune.trainer.data.DataFile;
import dev.attune.trainer.model.Task;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The registry: from a manifest's {@code objective} to what is learnt. */
public final class Objectives {

    private static final List<Entry<?>> ALL = List.of(
            Entry.ofManifest(dev.attune.api.Objective::languageModeling, LanguageModeling::of),
            Entry.ofManifest(
                    dev.attune.api.Objective::instruction,
                    spec -> new Instruction(spec.lossOn(), UnaryOperator.identity())),
            Entry.ofManifest(dev.attune.api.Objective::sequenceToSequence, SequenceToSequence::of),
            Entry.ofManifest(
                    dev.attune.api.Objective::questionAnswering,
                    spec -> new QuestionAnswering(spec.stride(), spec.maxAnswerTokens())),
            new Entry<>(dev.attune.api.Objective::classification, Classes::of),
            new Entry<>(dev.attune.api.Objective::regression, (spec, train, known) -> Regression.of(known)));

    /**
     * An objective.
     *
     * @param member of a manifest that sets it; {@code null} where another one does
     */
    private record Entry<S>(Function<dev.attune.api.Objective, S> member, Maker<S> make) {

        /** One that the manifest alone decides. */
        static <S> Entry<S> ofManifest(Function<dev.attune.api.Objective, S> member, Function<S, Objective> make) {
            return new Entry<>(member, (spec, train, known) -> make.apply(spec));
        }

        Optional<Objective> of(dev.attune.api.Objective spec, List<DataFile> train, Task known) {
            return Optional.ofNullable(member.apply(spec)).map(own -> make.of(own, train, known));
        }
    }

    /** Makes an objective of a manifest's member, of what it is to be learnt from, and of what the model was made for. */
    private interface Maker<S> {
        Objective of(S spec, List<DataFile> train, Task known);
    }

    private Objectives() {}

    /**
     * The objective that a manifest sets.
     *
     * @param train what it is to be learnt from, which may tell the classes
     * @param known what the model was made for, which may tell them too
     */
    public static Objective of(dev.attune.api.Objective spec, List<DataFile> train, Task known) {
        return ALL.stream()
                .flatMap(entry -> entry.of(spec, train, known).stream())
                .findFirst()
                .orElseThrow();
    }
}
