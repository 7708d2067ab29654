package dev.attune.trainer.data;

import dev.attune.api.DataSet.Format;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Documents joined, with the end of text behind each, and cut into blocks in which every token is learnt. */
public final class RunningText {

    private final Tokenizer tokenizer;
    private final int eos;
    private final int sequenceLength;
    private final List<Example> blocks = new ArrayList<>();
    private final int[] block;
    private int filled;

    private RunningText(Tokenizer tokenizer, int sequenceLength) {
        this.tokenizer = tokenizer;
        this.eos = tokenizer.eos("language modeling");
        this.sequenceLength = sequenceLength;
        this.block = new int[sequenceLength];
    }

    /** The blocks of all documents, at most {@code sequenceLength} tokens each. */
    public static Examples examples(List<DataFile> files, Tokenizer tokenizer, int sequenceLength) {
        var text = new RunningText(tokenizer, sequenceLength);
        files.forEach(file -> file.forEach(Set.of(Format.TEXT), text::add));
        // A block of one token has nothing to predict.
        if (text.filled > 1) {
            text.cut();
        }
        if (text.blocks.isEmpty()) {
            throw TrainerFailure.invalidData("%s: no token to learn: the text is empty"
                    .formatted(files.stream().map(DataFile::uri).toList()));
        }
        return new Examples(text.blocks, List.of());
    }

    private void add(Sample sample) {
        if (!(sample instanceof Sample.Text document)) {
            throw TrainerFailure.invalidData(
                    "%s: is no running text: objective languageModeling learns from text; objective instruction learns from prompt and completion, or from messages"
                            .formatted(sample.where()));
        }
        var ids = tokenizer.encodeWithSpecials(document.text());
        for (var id : ids) {
            add(id);
        }
        if (ids.length == 0 || ids[ids.length - 1] != eos) {
            add(eos);
        }
    }

    private void add(int id) {
        block[filled++] = id;
        if (filled == sequenceLength) {
            cut();
        }
    }

    private void cut() {
        blocks.add(Example.whole(Arrays.copyOf(block, filled)));
        filled = 0;
    }
}
