package dev.attune.trainer.data;

import dev.attune.api.DataSet.Format;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Sources with their targets, an example each: the source is read, the target and the end of text are its labels. */
public final class Pairs {

    private final Tokenizer tokenizer;
    private final int eos;
    private final int sourceLength;
    private final int targetLength;

    private Pairs(Tokenizer tokenizer, int sourceLength, int targetLength) {
        this.tokenizer = tokenizer;
        this.eos = tokenizer.eos("a target");
        this.sourceLength = sourceLength;
        this.targetLength = targetLength;
    }

    /**
     * An example a record, both sides cut; those without a source or a target are left out.
     *
     * @param read makes a {@link Sample.Pair} of each record
     * @param sourceLength tokens of a source at most
     * @param targetLength tokens of a target at most, the end of text among them
     */
    public static Examples examples(
            List<DataFile> files, UnaryOperator<Sample> read, Tokenizer tokenizer, int sourceLength, int targetLength) {
        var pairs = new Pairs(tokenizer, sourceLength, targetLength);
        var examples = new ArrayList<Example>();
        var notes = new ArrayList<String>();
        for (var file : files) {
            pairs.read(file, read, examples, notes);
        }
        if (examples.isEmpty()) {
            throw TrainerFailure.invalidData("no token to learn: " + String.join("; ", notes));
        }
        return new Examples(examples, notes);
    }

    private void read(DataFile file, UnaryOperator<Sample> read, List<Example> examples, List<String> notes) {
        var empty = new ArrayList<String>();
        var cut = new int[2];
        file.forEach(Set.of(Format.INSTRUCTION), sample -> {
            var pair = (Sample.Pair) read.apply(sample);
            if (pair.prompt().isBlank() || pair.completion().isBlank()) {
                empty.add(pair.where());
                return;
            }
            var source = tokenizer.encodeWithSpecials(pair.prompt());
            var target = ended(tokenizer.encodeWithSpecials(pair.completion()));
            cut[0] += source.length > sourceLength ? 1 : 0;
            cut[1] += target.length > targetLength ? 1 : 0;
            examples.add(Example.of(cut(source, sourceLength), cut(target, targetLength)));
        });
        if (!empty.isEmpty()) {
            notes.add("%s: records left out because their source or their target is empty: %d; the first: %s"
                    .formatted(file.uri(), empty.size(), empty.get(0)));
        }
        if (cut[0] > 0) {
            notes.add("%s: sources cut to %d tokens (spec.training.sequenceLength): %d"
                    .formatted(file.uri(), sourceLength, cut[0]));
        }
        if (cut[1] > 0) {
            notes.add("%s: targets cut to %d tokens (spec.objective.sequenceToSequence.targetLength): %d"
                    .formatted(file.uri(), targetLength, cut[1]));
        }
    }

    private int[] ended(int[] ids) {
        if (ids[ids.length - 1] == eos) {
            return ids;
        }
        var longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = eos;
        return longer;
    }

    /** What ended with the end of text still does. */
    private int[] cut(int[] ids, int length) {
        if (ids.length <= length) {
            return ids;
        }
        var shorter = Arrays.copyOf(ids, length);
        if (ids[ids.length - 1] == eos) {
            shorter[length - 1] = eos;
        }
        return shorter;
    }
}
