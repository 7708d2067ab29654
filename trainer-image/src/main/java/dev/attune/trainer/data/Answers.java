package dev.attune.trainer.data;

import dev.attune.api.DataSet.Format;
import dev.attune.api.Objective.LossOn;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.ChatTemplate;
import dev.attune.trainer.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Prompts with completions and chats, an example each, in which the completion or the assistant's turns are learnt. */
public final class Answers {

    private static final Set<Format> FORMATS = Set.of(Format.INSTRUCTION, Format.CHAT);

    private final UnaryOperator<Sample> read;
    private final Tokenizer tokenizer;
    private final boolean wholly;
    private final int sequenceLength;
    private ChatTemplate template;

    private Answers(UnaryOperator<Sample> read, Tokenizer tokenizer, boolean wholly, int sequenceLength) {
        this.read = read;
        this.tokenizer = tokenizer;
        this.wholly = wholly;
        this.sequenceLength = sequenceLength;
    }

    /**
     * An example a record, cut to {@code sequenceLength} tokens; those that leave nothing to learn are left out.
     *
     * @param read what each record is taken for
     */
    public static Examples examples(
            List<DataFile> files, UnaryOperator<Sample> read, LossOn lossOn, Tokenizer tokenizer, int sequenceLength) {
        var answers = new Answers(read, tokenizer, lossOn == LossOn.ALL, sequenceLength);
        var examples = new ArrayList<Example>();
        var notes = new ArrayList<String>();
        for (var file : files) {
            answers.read(file, examples, notes);
        }
        if (examples.isEmpty()) {
            throw TrainerFailure.invalidData("no token to learn: " + String.join("; ", notes));
        }
        return new Examples(examples, notes);
    }

    /** The same for records that are taken for what they are. */
    public static Examples examples(List<DataFile> files, LossOn lossOn, Tokenizer tokenizer, int sequenceLength) {
        return examples(files, UnaryOperator.identity(), lossOn, tokenizer, sequenceLength);
    }

    private void read(DataFile file, List<Example> examples, List<String> notes) {
        var cut = new int[1];
        var dropped = new ArrayList<String>();
        file.forEach(FORMATS, sample -> {
            var example = example(read.apply(sample));
            var fitting = example.length() <= sequenceLength
                    ? example
                    : Example.of(
                            Arrays.copyOf(example.ids(), sequenceLength),
                            Arrays.copyOf(example.labels(), sequenceLength));
            if (fitting.labelTokens() > 0) {
                examples.add(fitting);
                cut[0] += fitting == example ? 0 : 1;
            } else {
                dropped.add("%s %s".formatted(sample.where(), why(example)));
            }
        });
        if (!dropped.isEmpty()) {
            notes.add("%s: records left out because nothing in them is to be learnt: %d; the first: %s"
                    .formatted(file.uri(), dropped.size(), dropped.get(0)));
        }
        if (cut[0] > 0) {
            notes.add("%s: records cut to %d tokens: %d".formatted(file.uri(), sequenceLength, cut[0]));
        }
    }

    private String why(Example example) {
        return example.labelTokens() > 0
                ? "has its first token to learn only after %d tokens (spec.training.sequenceLength)"
                        .formatted(sequenceLength)
                : "has no completion or no message of the assistant";
    }

    private Example example(Sample sample) {
        if (sample instanceof Sample.Pair pair) {
            return example(pair);
        }
        if (sample instanceof Sample.Chat chat) {
            return example(chat);
        }
        throw TrainerFailure.invalidData(
                "%s: is no prompt with a completion, and no chat: objective instruction learns from prompt and completion, or from messages; objective languageModeling learns from text"
                        .formatted(sample.where()));
    }

    /** The prompt ends where its own tokens and those of the whole part, as a token may span the seam. */
    private Example example(Sample.Pair pair) {
        var eos = tokenizer.eos("a completion");
        var ids = tokenizer.encodeWithSpecials(pair.prompt() + pair.completion());
        if (ids.length == 0 || ids[ids.length - 1] != eos) {
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = eos;
        }
        if (wholly) {
            return Example.whole(ids);
        }
        var seam = Arrays.mismatch(tokenizer.encodeWithSpecials(pair.prompt()), ids);
        var learnt = new boolean[ids.length];
        Arrays.fill(learnt, seam < 0 ? ids.length : seam, ids.length, true);
        return Example.of(ids, learnt);
    }

    private Example example(Sample.Chat chat) {
        if (template == null) {
            template = ChatTemplate.read(tokenizer);
        }
        if (wholly) {
            return Example.whole(tokenizer.encode(template.render(chat.where(), chat.messages(), false)));
        }
        var rendered = template.renderWithAnswers(chat.where(), chat.messages());
        var encoded = tokenizer.encodeWithPlaces(rendered.text());
        return Example.of(encoded.ids(), encoded.in(rendered.answers()));
    }
}
