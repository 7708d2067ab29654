package dev.attune.trainer.data;

import dev.attune.api.DataSet.Format;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Documents joined and cut into blocks, each framed as the tokenizer frames a text, whose own tokens may be masked. */
public final class MaskableText {

    private MaskableText() {}

    /** The blocks of all documents, at most {@code sequenceLength} tokens each; special tokens have no label, and blocks of them alone are left out. */
    public static Examples examples(List<DataFile> files, Tokenizer tokenizer, int sequenceLength) {
        var frame = tokenizer.encodeWithSpecials("");
        var room = sequenceLength - frame.length;
        if (room < 1) {
            throw TrainerFailure.invalidManifest(
                    "spec.training.sequenceLength: %d tokens leave none for text, as the tokenizer puts %d around each: raise it"
                            .formatted(sequenceLength, frame.length));
        }
        var joined = IntStream.builder();
        files.forEach(file -> file.forEach(Set.of(Format.TEXT), sample -> {
            if (!(sample instanceof Sample.Text document)) {
                throw TrainerFailure.invalidData("%s: is no running text: objective languageModeling learns from text"
                        .formatted(sample.where()));
            }
            IntStream.of(tokenizer.encode(document.text())).forEach(joined::add);
            if (frame.length > 1) {
                joined.add(frame[frame.length - 1]);
            }
        }));
        var ids = joined.build().toArray();
        var special = new HashSet<>(tokenizer.special().ids().values());
        Arrays.stream(frame).forEach(special::add);
        var blocks = new ArrayList<Example>();
        for (var from = 0; from < ids.length; from += room) {
            var block = block(frame, Arrays.copyOfRange(ids, from, Math.min(from + room, ids.length)), special);
            if (Arrays.stream(block.labels()).anyMatch(id -> id != Batch.IGNORED)) {
                blocks.add(block);
            }
        }
        if (blocks.isEmpty()) {
            throw TrainerFailure.invalidData("%s: no token to learn: the text is empty"
                    .formatted(files.stream().map(DataFile::uri).toList()));
        }
        return new Examples(blocks, List.of());
    }

    private static Example block(int[] frame, int[] ids, Set<Integer> special) {
        var first = Arrays.stream(frame, 0, Math.min(1, frame.length));
        var last = Arrays.stream(frame, Math.min(1, frame.length), frame.length);
        var all = IntStream.concat(IntStream.concat(first, Arrays.stream(ids)), last)
                .toArray();
        var labels = Arrays.stream(all)
                .map(id -> special.contains(id) ? Batch.IGNORED : id)
                .toArray();
        return Example.of(all, labels);
    }
}
