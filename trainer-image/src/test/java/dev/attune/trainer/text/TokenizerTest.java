package dev.attune.trainer.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.jinja.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerTest {

    @TempDir
    Path copy;

    static Stream<ReferenceTokens> texts() {
        return ReferenceTokens.ofKind("text");
    }

    @ParameterizedTest
    @MethodSource("texts")
    void encodesAndDecodesAsTransformersDoes(ReferenceTokens expected) {
        try (var tokenizer = Tokenizer.read(expected.folder())) {
            assertThat(tokenizer.encode(expected.text())).isEqualTo(expected.ids());
            assertThat(tokenizer.encodeWithSpecials(expected.text())).isEqualTo(expected.with_specials());
            assertThat(tokenizer.encodeWithPlaces(expected.text()).ids()).isEqualTo(expected.ids());
            assertThat(tokenizer.decode(expected.ids())).isEqualTo(expected.decoded());
            assertThat(tokenizer.decodeWithSpecials(expected.ids())).isEqualTo(expected.decoded_with_specials());
        }
    }

    @Test
    void tellsTheUtf16PlacesOfTokensBehindSurrogatePairs() {
        try (var tokenizer = Tokenizer.read(ReferenceTokens.folder("chatml"))) {
            var text = "\ud83d\ude00 two<|im_end|>";
            var places = tokenizer.encodeWithPlaces(text).places();

            assertThat(places.get(0).start()).isZero();
            assertThat(places.get(places.size() - 1)).isEqualTo(new Span(6, text.length()));
        }
    }

    @Test
    void neitherCutsNorFillsATextWhateverTheFileSays() throws IOException {
        var folder = ReferenceTokens.folder("chatml");
        assertThat(Files.readString(folder.resolve("tokenizer.json"))).contains("\"max_length\": 8");

        try (var tokenizer = Tokenizer.read(folder)) {
            assertThat(tokenizer.encode("x".repeat(1000))).hasSize(1000);
            assertThat(tokenizer.encode("x")).hasSize(1);
        }
    }

    @Test
    void takesSpecialTokensFromTheConfigurationThatListsTheAddedOnes() {
        try (var tokenizer = Tokenizer.read(ReferenceTokens.folder("chatml"))) {
            assertThat(tokenizer.special().eos()).as("not special_tokens_map's").contains(2);
            assertThat(tokenizer.special().pad()).contains(0);
            assertThat(tokenizer.special().unk()).as("special_tokens_map's").contains(0);
            assertThat(tokenizer.special().bos()).as("config.json's id").contains(1);
            assertThat(tokenizer.special().stops())
                    .as("generation_config.json's")
                    .containsExactly(0, 2);
            assertThat(tokenizer.size()).isEqualTo(384);
        }
    }

    @Test
    void takesSpecialTokensFromTheMapInAnOlderFolder() {
        try (var tokenizer = Tokenizer.read(ReferenceTokens.folder("llama"))) {
            assertThat(tokenizer.special().eos()).as("not tokenizer_config's").contains(2);
            assertThat(tokenizer.special().bos()).as("tokenizer_config's").contains(1);
            assertThat(tokenizer.special().pad()).as("config.json's id").contains(0);
            assertThat(tokenizer.pad()).isZero();
        }
    }

    @Test
    void saysWhichFileLacksTheTokenThatIsNeeded() throws IOException {
        Files.copy(ReferenceTokens.folder("chatml").resolve("tokenizer.json"), copy.resolve("tokenizer.json"));

        try (var tokenizer = Tokenizer.read(copy)) {
            assertThat(tokenizer.pad()).isZero();
            assertThatThrownBy(() -> tokenizer.eos("a completion"))
                    .isInstanceOf(TrainerFailure.class)
                    .hasMessage(
                            "%s gives no eos_token, which a completion needs: add \"eos_token\": \"TOKEN\", with a"
                                    + " token of tokenizer.json",
                            copy.resolve("tokenizer_config.json"));
        }
    }

    @Test
    void refusesFilesThatContradictEachOther() throws IOException {
        for (var file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(ReferenceTokens.folder("chatml").resolve(file), copy.resolve(file));
        }
        var config = copy.resolve("tokenizer_config.json");
        var sound = Files.readString(config);

        Files.writeString(config, sound.replace("\"eos_token\": \"<|im_end|>\"", "\"eos_token\": \"<|nowhere|>\""));
        assertThatThrownBy(() -> Tokenizer.read(copy))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageEndingWith("tokenizer.json has no token <|nowhere|>, which is the eos_token");

        Files.writeString(config, sound.replace("\"content\": \"<|im_start|>\"", "\"content\": \"<|nowhere|>\""));
        assertThatThrownBy(() -> Tokenizer.read(copy))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining("tokenizer.json has no token <|nowhere|>, which tokenizer_config.json adds");
    }

    @Test
    void saysWhatIsWrongWithAFileThatIsNoTokenizer() throws IOException {
        assertThatThrownBy(() -> Tokenizer.read(copy))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageStartingWith(copy.resolve("tokenizer.json") + " does not exist; transformers writes it");

        Files.writeString(copy.resolve("tokenizer.json"), "{");
        assertThatThrownBy(() -> Tokenizer.read(copy))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageStartingWith(copy.resolve("tokenizer.json") + " is no JSON: ");

        Files.writeString(copy.resolve("tokenizer.json"), "{}");
        assertThatThrownBy(() -> Tokenizer.read(copy))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageStartingWith(copy.resolve("tokenizer.json") + " can't be read: ");
    }

    @Test
    void encodesFromManyThreads() {
        try (var tokenizer = Tokenizer.read(ReferenceTokens.folder("llama"))) {
            var expected = tokenizer.encode("Hello there!");
            var all = Stream.generate(() -> "Hello there!")
                    .limit(2000)
                    .parallel()
                    .map(tokenizer::encode)
                    .toList();
            assertThat(all).allMatch(ids -> Arrays.equals(ids, expected));
        }
    }
}
