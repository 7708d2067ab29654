package dev.attune.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "8                  | 8",
                "-8                 | -8",
                "1_000              | 1000",
                "0x10               | 16",
                "010                | 8",
                "0b11               | 3",
                "99999999999999999999 | 99999999999999999999",
                "2e-4               | 2.0E-4",
                "1.0                | 1",
                "1e9                | 1000000000",
                "0o17               | 15",
                ".5                 | 0.5",
                "yes                | true",
                "Off                | false",
                "y                  | true",
                "'y'                | `\"y\"`",
                "true               | true",
                "~                  | null",
                "`''`               | `\"\"`",
                "'8'                | `\"8\"`",
                "!!str 8            | `\"8\"`",
                "12:30              | `\"12:30\"`",
                "2026-01-02         | `\"2026-01-02\"`",
                "24Gi               | `\"24Gi\"`",
                "[1, {b: c}]        | [1,{\"b\":\"c\"}]",
            })
    void readsAScalarAsKubectlDoes(String yaml, String json) throws IOException {
        var value = Manifests.parse("test", "a: " + yaml).get(0).content().get("a");

        assertThat(new JsonMapper().writeValueAsString(value)).isEqualTo(json);
    }

    @Test
    void readsEveryDocumentButEmptyOnes() {
        var manifests = Manifests.parse("test", """
                ---
                kind: A
                metadata: {name: a}
                ---
                # nothing
                ---
                kind: B
                metadata: {generateName: b-}
                """);

        assertThat(manifests).extracting(Manifest::kind).containsExactly("A", "B");
        assertThat(manifests).extracting(Manifest::name).containsExactly("a", "b-");
        assertThat(manifests).extracting(manifest -> manifest.line("metadata")).containsExactly(3, 8);
    }

    @Test
    void knowsTheLineOfEachField() {
        var manifest = Manifests.parse("test", """
                spec:
                  data:
                    train:
                    - from: a
                      columns: {prompt: p}
                    - from: b
                metadata:
                  labels:
                    example.com/team: x
                """).get(0);

        assertThat(manifest.line("spec.data.train[0].columns.prompt")).isEqualTo(5);
        assertThat(manifest.line("spec.data.train[1].from")).isEqualTo(6);
        assertThat(manifest.line("metadata.labels[example.com/team]")).isEqualTo(9);
        assertThat(manifest.line("spec.data.train[1].format"))
                .as("missing: where it belongs")
                .isEqualTo(6);
        assertThat(manifest.line("spec.output")).isEqualTo(1);
        assertThat(manifest.line("")).isEqualTo(1);
    }

    @Test
    void followsAliasesAndMerges() {
        var content = Manifests.parse("test", """
                a: &base {x: 1, y: 2}
                b: *base
                c:
                  <<: *base
                  y: 3
                """).get(0).content();

        assertThat(content).hasToString("{\"a\":{\"x\":1,\"y\":2},\"b\":{\"x\":1,\"y\":2},\"c\":{\"y\":3,\"x\":1}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a: [1             | test:1:6: is not YAML: while parsing a flow sequence, expected ',' or ']'",
                "a: b: c           | test:1:5: is not YAML: mapping values are not allowed here",
                "a: 1\\nb: {c: 1, c: 2} | test:2:11: b.c is set twice, first in line 2: keep one of them",
                "&a [*a]           | test:1:1: an alias may not stand within what it names",
                "[a]: b            | test:1:1: a key must be a string",
                "a: .inf           | test:1:4: .inf is no number that JSON can hold",
                "<<: b             | test:1:5: << takes a mapping",
                "# nothing         | test: is empty, write a FineTuneJob",
            })
    void saysWhereWhatItCannotRead(String yaml, String message) {
        assertThatThrownBy(() -> Manifests.parse("test", yaml.replace("\\n", "\n")))
                .isInstanceOf(UnreadableManifestException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void saysThatAFileIsMissingOrNoText(@TempDir Path folder) throws IOException {
        var missing = folder.resolve("missing.yaml");
        assertThatThrownBy(() -> Manifests.read(missing)).hasMessage(missing + ": there is no such file");

        var binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> Manifests.read(binary)).hasMessage(binary + ": is not text in UTF-8");

        assertThatThrownBy(() -> Manifests.read(folder)).hasMessageStartingWith(folder + ": can't be read");
    }
}
