package dev.attune.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.api.DataSet;
import dev.attune.api.DataSet.Format;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.place.Places;
import dev.attune.trainer.text.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFileTest {

    private static final String LINE_1 = "pvc://claim/data.jsonl line 1";

    @TempDir
    Path root;

    @BeforeEach
    void makeClaim() throws IOException {
        Files.createDirectories(root.resolve("claim"));
    }

    @Test
    void tellsTheFormatByTheFirstRecord() throws IOException {
        assertThat(read("{\"text\": \"a\", \"id\": 1}")).containsExactly(new Sample.Text(LINE_1, "a"));
        assertThat(read("{\"prompt\": \"a\", \"completion\": \"\"}")).containsExactly(new Sample.Pair(LINE_1, "a", ""));
        assertThat(read("{\"messages\": [{\"role\": \"user\", \"content\": \"a\", \"name\": \"x\"}]}"))
                .containsExactly(new Sample.Chat(LINE_1, List.of(new Message("user", "a"))));
    }

    @Test
    void readsTheColumnsThatTheManifestNames() throws IOException {
        var line = "{\"question\": \"q\", \"answer\": \"a\", \"text\": \"t\"}";

        assertThat(read(line, Format.INSTRUCTION, Map.of("prompt", "question", "completion", "answer")))
                .containsExactly(new Sample.Pair(LINE_1, "q", "a"));
        assertThat(read(line, null, Map.of("text", "answer"))).containsExactly(new Sample.Text(LINE_1, "a"));
    }

    @Test
    void readsLinesWhateverEndsThem() throws IOException {
        var lines = "\ufeff{\"text\": \"\u00e9\"}\r\n\r\n  \n{\"text\": \"b\"}";

        assertThat(read(lines))
                .containsExactly(
                        new Sample.Text(LINE_1, "\u00e9"), new Sample.Text("pvc://claim/data.jsonl line 4", "b"));
    }

    @Test
    void readsPlainTextAsOneRecord() throws IOException {
        write("book.txt", "\ufeffa\r\n\r\nb\n".getBytes(StandardCharsets.UTF_8));

        assertThat(samples(file("book.txt", null, null)))
                .containsExactly(new Sample.Text("pvc://claim/book.txt", "a\n\nb\n"));
    }

    @Test
    void readsCompressedFiles() throws IOException {
        var zipped = new ByteArrayOutputStream();
        try (var stream = new GZIPOutputStream(zipped)) {
            stream.write("{\"text\": \"a\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        write("data.jsonl.gz", zipped.toByteArray());
        assertThat(samples(file("data.jsonl.gz", null, null)))
                .containsExactly(new Sample.Text("pvc://claim/data.jsonl.gz line 1", "a"));

        write("data.jsonl.gz", Arrays.copyOf(zipped.toByteArray(), zipped.size() - 12));
        assertThatThrownBy(() -> samples(file("data.jsonl.gz", null, null)))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageStartingWith("pvc://claim/data.jsonl.gz is no whole gzip file: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "{\"text\": \"a\"@ is no JSON from column 13: Unexpected end-of-input",
                "{\"text\": \"a\"} {}@ is no JSON",
                "[\"a\"]@ is no JSON object: write one record a line",
                "{\"question\": \"a\", \"answer\": \"b\"}@ has neither text, nor prompt and completion, nor messages, only question, answer: say which column is what, as in spec.data.train[0].columns: {text: COLUMN}",
                "{}@ has neither text, nor prompt and completion, nor messages, only nothing",
                "{\"text\": \"a\", \"messages\": []}@ may be text or chat: say which in spec.data.train[0].format",
                "{\"text\": 1}@ text is number where text was expected",
                "{\"text\": null}@ text is null where text was expected",
                "{\"text\": \"\\ud800\"}@ text has half of a surrogate pair",
                "{\"messages\": []}@ messages is no list of messages, as [{\"role\"",
                "{\"messages\": [{\"role\": \"user\"}]}@ messages[0].content is missing where text was expected",
                "{\"messages\": [{\"role\": \"assistant\", \"content\": \"\", \"tool_calls\": [1]}]}@ messages[0] has tool_calls: only role and content can be learnt from",
            })
    void saysWhatIsWrongWithALine(String line, String message) {
        assertThatThrownBy(() -> read("\n" + line))
                .isInstanceOfSatisfying(
                        TrainerFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo("InvalidData"))
                .hasMessageStartingWith("pvc://claim/data.jsonl line 2: " + message.strip());
    }

    @Test
    void saysWhichColumnALaterLineLacks() {
        assertThatThrownBy(() -> read("{\"text\": \"a\"}\n{\"body\": \"b\", \"id\": 1}"))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage(
                        "pvc://claim/data.jsonl line 2: has no column text, which is to hold the text, only body, id;"
                                + " map it in spec.data.train[0].columns");
    }

    @Test
    void refusesAFileWithoutRecords() throws IOException {
        assertThatThrownBy(() -> read(" \n\n"))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage("pvc://claim/data.jsonl holds no record");

        write("empty.txt", " \n".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> samples(file("empty.txt", null, null)))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage("pvc://claim/empty.txt holds no record");
    }

    @Test
    void refusesBytesThatAreNoUtf8() throws IOException {
        write("data.jsonl", new byte[] {'{', '}', '\n', (byte) 0xff, '\n'});

        assertThatThrownBy(() -> samples(file("data.jsonl", Format.TEXT, Map.of("text", "x"))))
                .isInstanceOf(TrainerFailure.class);
        write("data.jsonl", new byte[] {'\n', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> samples(file("data.jsonl", null, null)))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage("pvc://claim/data.jsonl line 2: is no UTF-8 text");
    }

    @Test
    void refusesAManifestThatAsksForWhatTheFileCannotGive() throws IOException {
        write("book.txt", new byte[] {'a'});

        assertThatThrownBy(() -> file("book.txt", Format.CHAT, null))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage(
                        "spec.data.train[0].format: pvc://claim/book.txt is plain text: write text, or give JSON Lines");
        assertThatThrownBy(() -> file("", null, null))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage("spec.data.train[0].from: pvc://claim/ is a folder: name a file in it");
        assertThatThrownBy(() -> read("{\"text\": \"a\"}", Format.TEXT, Map.of("prompt", "text")))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage("spec.data.train[0].columns: prompt isn't read by the format text, which reads text");
    }

    private List<Sample> read(String lines) throws IOException {
        return read(lines, null, null);
    }

    private List<Sample> read(String lines, Format format, Map<String, String> columns) throws IOException {
        write("data.jsonl", lines.getBytes(StandardCharsets.UTF_8));
        return samples(file("data.jsonl", format, columns));
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(root.resolve("claim").resolve(name), content);
    }

    private DataFile file(String name, Format format, Map<String, String> columns) {
        var places = new Places(root, root);
        return DataFile.of(places, "spec.data.train[0]", new DataSet("pvc://claim/" + name, format, columns));
    }

    private static List<Sample> samples(DataFile file) {
        var samples = new ArrayList<Sample>();
        file.forEach(Set.of(Format.TEXT, Format.INSTRUCTION, Format.CHAT), samples::add);
        return samples;
    }
}
