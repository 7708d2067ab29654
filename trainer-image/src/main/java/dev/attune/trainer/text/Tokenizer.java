package dev.attune.trainer.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.jinja.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A model's tokenizer. It may be used from any thread until it's closed. */
public final class Tokenizer implements AutoCloseable {

    /** The file that it is read from. */
    public static final String FILE = "tokenizer.json";

    private static final Map<String, String> WHOLE_TEXTS = Map.of("truncation", "false", "padding", "false");

    private final Path folder;
    private final HuggingFaceTokenizer tokenizer;
    private final SpecialTokens special;
    private final Vocabulary vocabulary;

    private Tokenizer(Path folder, HuggingFaceTokenizer tokenizer, SpecialTokens special, Vocabulary vocabulary) {
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.special = special;
        this.vocabulary = vocabulary;
    }

    /**
     * Reads the tokenizer of a model folder in Hugging Face's layout.
     *
     * @throws TrainerFailure when there's no tokenizer.json, or it can't be read or contradicts the files beside it
     */
    public static Tokenizer read(Path folder) {
        var files = new ModelFiles(folder);
        var json = files.text(FILE)
                .orElseThrow(
                        () -> files.failure(
                                FILE,
                                "does not exist; transformers writes it: AutoTokenizer.from_pretrained(MODEL).save_pretrained(FOLDER)"));
        var encoder = CompletableFuture.supplyAsync(() -> encoder(json));
        try {
            var vocabulary = vocabulary(files, json);
            var special = SpecialTokens.read(files, vocabulary);
            return new Tokenizer(folder, encoder.join(), special, vocabulary);
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw files.failure(FILE, "can't be read: " + e.getCause().getMessage());
        } catch (TrainerFailure e) {
            encoder.thenAccept(HuggingFaceTokenizer::close);
            throw e;
        }
    }

    private static HuggingFaceTokenizer encoder(String json) {
        try (var stream = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))) {
            return HuggingFaceTokenizer.newInstance(stream, WHOLE_TEXTS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Vocabulary vocabulary(ModelFiles files, String json) {
        var vocabulary = Vocabulary.of(files.parse(FILE, json));
        files.json("tokenizer_config.json").path("added_tokens_decoder").forEach(token -> {
            var content = token.path("content").asText();
            if (vocabulary.id(content).isEmpty()) {
                throw files.failure(
                        FILE,
                        "has no token %s, which tokenizer_config.json adds; save the tokenizer anew with transformers"
                                .formatted(content));
            }
        });
        return vocabulary;
    }

    /** The folder that it was read from. */
    public Path folder() {
        return folder;
    }

    /** The tokens that stand for no text. */
    public SpecialTokens special() {
        return special;
    }

    /** The id of a token by its text. */
    public Optional<Integer> id(String token) {
        return vocabulary.id(token);
    }

    /** One more than the highest id. */
    public int size() {
        return vocabulary.size();
    }

    /**
     * The token that ends a text.
     *
     * @param purpose what needs it, for the message
     * @throws TrainerFailure when the model has none
     */
    public int eos(String purpose) {
        return special.eos()
                .orElseThrow(() -> TrainerFailure.invalidModel(
                        "%s gives no eos_token, which %s needs: add \"eos_token\": \"TOKEN\", with a token of tokenizer.json"
                                .formatted(folder.resolve("tokenizer_config.json"), purpose)));
    }

    /** The token that fills batches; as it's masked, any will do for a model that has none. */
    public int pad() {
        return filling().orElse(0);
    }

    /** The token that the model's files say to fill batches with, or else that ends a text. */
    public Optional<Integer> filling() {
        return special.pad().or(special::eos);
    }

    /** The tokens [tokens] of a text alone. */
    public int[] encode(String text) {
        return ids(tokenizer.encode(text, false, false));
    }

    /** The tokens [tokens] of a text with those that the tokenizer puts around one, as a beginning of text. */
    public int[] encodeWithSpecials(String text) {
        return ids(tokenizer.encode(text, true, false));
    }

    /** The tokens of a text alone, with their places in it. */
    public Encoded encodeWithPlaces(String text) {
        var encoding = tokenizer.encode(text, false, false);
        var units = unitsByCodePoint(text);
        return new Encoded(
                ids(encoding),
                Arrays.stream(encoding.getCharTokenSpans())
                        .map(span -> span(span, units))
                        .toList());
    }

    /**
     * The tokens of a text, or of two that belong together, with those that the tokenizer puts around and between them.
     *
     * @param second {@code null}: there is one text alone
     */
    public Framed frame(String first, String second) {
        var encoding =
                second == null ? tokenizer.encode(first, true, false) : tokenizer.encode(first, second, true, false);
        var units = new int[][] {unitsByCodePoint(first), unitsByCodePoint(second == null ? "" : second)};
        var texts = integers(encoding.getSequenceIds());
        var spans = encoding.getCharTokenSpans();
        var places = IntStream.range(0, texts.length)
                .mapToObj(token -> texts[token] < 0 ? null : span(spans[token], units[texts[token]]))
                .collect(Collectors.toCollection(ArrayList::new));
        return new Framed(ids(encoding), integers(encoding.getTypeIds()), texts, places);
    }

    private static Span span(CharSpan span, int[] units) {
        return span == null ? null : new Span(units[span.getStart()], units[span.getEnd()]);
    }

    /** The text of tokens, special ones left out. */
    public String decode(int[] ids) {
        return decode(ids, true);
    }

    /** The text of tokens with the special ones written out. */
    public String decodeWithSpecials(int[] ids) {
        return decode(ids, false);
    }

    private String decode(int[] ids, boolean skipSpecial) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecial);
    }

    private static int[] ids(Encoding encoding) {
        return integers(encoding.getIds());
    }

    private static int[] integers(long[] numbers) {
        return Arrays.stream(numbers).mapToInt(Math::toIntExact).toArray();
    }

    /** Where each code point begins, and at last where the text ends, in UTF-16 units. */
    private static int[] unitsByCodePoint(String text) {
        var units = new int[text.codePointCount(0, text.length()) + 1];
        for (int point = 0, unit = 0; point < units.length - 1; point++) {
            units[point] = unit;
            unit += Character.charCount(text.codePointAt(unit));
        }
        units[units.length - 1] = text.length();
        return units;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
