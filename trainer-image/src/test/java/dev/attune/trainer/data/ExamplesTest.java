package dev.attune.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.api.DataSet;
import dev.attune.api.Objective.LossOn;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.text.ReferenceTokens;
import dev.attune.trainer.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {

    private static final int EOS = 2;

    private static Tokenizer tokenizer;

    @TempDir
    Path root;

    @BeforeAll
    static void readTokenizer() {
        tokenizer = Tokenizer.read(ReferenceTokens.folder("chatml"));
    }

    @AfterAll
    static void closeTokenizer() {
        tokenizer.close();
    }

    static Stream<ReferenceTokens> pairs() {
        return ReferenceTokens.ofKind("pair");
    }

    static Stream<ReferenceTokens> chats() {
        return ReferenceTokens.ofKind("chat")
                .filter(chat -> Arrays.stream(chat.mask()).sum() > 0);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void labelsCompletionsAsTrlDoes(ReferenceTokens expected) throws IOException {
        var pair = Map.of("prompt", expected.prompt(), "completion", expected.completion());
        try (var tokenizer = Tokenizer.read(expected.folder())) {
            var example = Answers.examples(List.of(file(pair)), LossOn.COMPLETION, tokenizer, 64)
                    .all()
                    .get(0);
            var whole = Answers.examples(List.of(file(pair)), LossOn.ALL, tokenizer, 64)
                    .all()
                    .get(0);

            assertThat(example.ids()).isEqualTo(expected.ids());
            assertThat(example.labels()).isEqualTo(expected.labels());
            assertThat(whole.ids()).isEqualTo(expected.ids());
            assertThat(whole.labels()).isEqualTo(expected.ids());
        }
    }

    @ParameterizedTest
    @MethodSource("chats")
    void labelsTheAssistantsTurnsOfAChat(ReferenceTokens expected) throws IOException {
        try (var tokenizer = Tokenizer.read(expected.folder())) {
            var chat = Map.of("messages", expected.messages());
            var example = Answers.examples(List.of(file(chat)), LossOn.COMPLETION, tokenizer, 1024)
                    .all()
                    .get(0);
            var whole = Answers.examples(List.of(file(chat)), LossOn.ALL, tokenizer, 1024)
                    .all()
                    .get(0);

            assertThat(example.ids()).isEqualTo(expected.ids());
            assertThat(example.labels())
                    .isEqualTo(IntStream.range(0, expected.ids().length)
                            .map(i -> expected.mask()[i] == 1 ? expected.ids()[i] : Batch.IGNORED)
                            .toArray());
            assertThat(whole.labels()).isEqualTo(expected.ids());
        }
    }

    @Test
    void joinsDocumentsAndCutsThemIntoBlocks() throws IOException {
        var first = tokenizer.encode("Hello there!");
        var second = tokenizer.encode("one two three four five");
        var joined = new ArrayList<Integer>();
        Arrays.stream(first).forEach(joined::add);
        joined.add(EOS);
        Arrays.stream(second).forEach(joined::add);
        joined.add(EOS);
        var files = List.of(
                file(Map.of("text", "Hello there!")), file(Map.of("text", "one two three four five<|im_end|>")));

        var blocks = RunningText.examples(files, tokenizer, 4).all();

        assertThat(blocks.stream()
                        .flatMapToInt(block -> Arrays.stream(block.ids()))
                        .boxed())
                .containsExactlyElementsOf(joined);
        assertThat(blocks.subList(0, blocks.size() - 1)).allMatch(block -> block.length() == 4);
        assertThat(blocks).allMatch(block -> Arrays.equals(block.ids(), block.labels()));
    }

    @Test
    void leavesOutALastBlockOfOneToken() throws IOException {
        var tokens = tokenizer.encode("Hello there!").length;

        assertThat(RunningText.examples(List.of(file(Map.of("text", "Hello there!"))), tokenizer, tokens)
                        .all())
                .singleElement()
                .satisfies(block -> assertThat(block.length()).isEqualTo(tokens));
        assertThatThrownBy(() -> RunningText.examples(List.of(file(Map.of("text", ""))), tokenizer, 8))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining("no token to learn");
    }

    @Test
    void cutsWhatIsTooLongAndLeavesOutWhatHasNothingToLearn() throws IOException {
        var file = file(
                Map.of("prompt", "Hello", "completion", " there! one two three four five six seven"),
                Map.of("prompt", "one two three four five six seven one two three", "completion", " four"));

        var examples = Answers.examples(List.of(file), LossOn.COMPLETION, tokenizer, 8);

        assertThat(examples.all()).singleElement().satisfies(example -> {
            assertThat(example.length()).isEqualTo(8);
            assertThat(example.labelTokens()).isEqualTo(7);
        });
        assertThat(examples.notes())
                .containsExactly(
                        "%s: records left out because nothing in them is to be learnt: 1; the first: %s line 2 has its first token to learn only after 8 tokens (spec.training.sequenceLength)"
                                .formatted(file.uri(), file.uri()),
                        "%s: records cut to 8 tokens: 1".formatted(file.uri()));
    }

    @Test
    void saysWhyThereIsNothingToLearn() throws IOException {
        var chat = file(Map.of("messages", List.of(Map.of("role", "user", "content", "Hi"))));

        assertThatThrownBy(() -> Answers.examples(List.of(chat), LossOn.COMPLETION, tokenizer, 8))
                .isInstanceOfSatisfying(
                        TrainerFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo("InvalidData"))
                .hasMessage(
                        "no token to learn: %s: records left out because nothing in them is to be learnt: 1; the first: %s line 1 has no completion or no message of the assistant",
                        chat.uri(), chat.uri());
    }

    @Test
    void refusesRecordsThatTheObjectiveCannotLearnFrom() throws IOException {
        assertThatThrownBy(() -> Answers.examples(List.of(file(Map.of("text", "a"))), LossOn.COMPLETION, tokenizer, 8))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining(
                        " line 1: is no prompt with a completion, and no chat: objective instruction learns from prompt and completion");
        assertThatThrownBy(() ->
                        RunningText.examples(List.of(file(Map.of("prompt", "a", "completion", "b"))), tokenizer, 8))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining(" line 1: is no running text: objective languageModeling learns from text");
    }

    @Test
    void blocksOfSpecialTokensAloneAreLeftOutAndTextNeedsRoom() throws IOException {
        var files = List.of(file(Map.of("text", "the number")));
        try (var tokenizer = Tokenizer.read(Path.of("src/test/resources/fixtures/models/bert-tiny"))) {
            var frame = tokenizer.encodeWithSpecials("").length;
            var exact = tokenizer.encode("the number").length + frame;
            assertThat(MaskableText.examples(files, tokenizer, exact).all())
                    .as("the separator behind the text would be a block of its own")
                    .hasSize(1);
            assertThatThrownBy(() -> MaskableText.examples(files, tokenizer, frame))
                    .isInstanceOf(TrainerFailure.class)
                    .hasMessageStartingWith("spec.training.sequenceLength: 2 tokens leave none for text");
        }
    }

    @SafeVarargs
    private DataFile file(Map<String, ?>... records) throws IOException {
        var path = Files.createTempFile(root, "data", ".jsonl");
        var json = new ObjectMapper();
        for (var record : records) {
            Files.writeString(path, json.writeValueAsString(record) + "\n", StandardOpenOption.APPEND);
        }
        return DataFile.of(new Places(root, root), "spec.data.train[0]", new DataSet("file://" + path, null, null));
    }
}
