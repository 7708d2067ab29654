package dev.attune.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {

    private static final Map<String, Object> SELF = Map.of(
            "name",
            "tone",
            "rank",
            8L,
            "rate",
            0.5,
            "whole",
            3.0,
            "on",
            true,
            "items",
            List.of(1L, 2L, 3L),
            "map",
            Map.of("a", 1L, "b", Map.of("c", "d")),
            "none",
            List.of(),
            "smile",
            "😀é");

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Precedence and association.
                "1 + 2 * 3 == 7 && 2 * 3 + 1 == 7",
                "10 - 4 - 3",
                "-2 * -3",
                "-self.rank + 1",
                "!self.on || self.on",
                "true || false && false",
                "(true || false) && false",
                "false ? 1 : true ? 2 : 3",
                "1 < 2 == true",
                "!!self.on",
                // Numbers.
                "7 % 3",
                "-7 % 3",
                "-7 / 2",
                "7.0 / 2.0",
                "0x10",
                "2e-4 * 10.0",
                "1 / 0",
                "1 % 0",
                "1.0 / 0.0",
                "9223372036854775807 + 1",
                "self.rank / 0.5",
                "self.rank == 8.0",
                "self.whole == 3",
                "double(int(self.whole)) == self.whole",
                "double(int(self.rate)) == self.rate",
                "int(-1.9)",
                "int(1e30)",
                "int(self.on)",
                "double(self.rank)",
                "string(self.rank) + 'x'",
                "self.on + 1",
                "self.name < 1",
                "self.name < 'zzz'",
                "false < true",
                // Text.
                "'a\\'b' + \"c\\\"d\" + '\\n\\t\\\\'",
                "r'\\d+'",
                "'12'.matches(r'^\\d+$')",
                "self.name.matches('on')",
                "self.name.matches('^on')",
                "self.name.startsWith('to') && self.name.endsWith('ne') && self.name.contains('on')",
                "matches(self.name, 't.*')",
                "size(self.smile)",
                "self.smile.size()",
                "self.rank.startsWith('8')",
                // Fields.
                "has(self.rank)",
                "has(self.missing)",
                "has(self.map.b.c)",
                "has(self.map.x.c)",
                "has(self.name.x)",
                "self.missing",
                "self.map.b.c",
                "self.map['a']",
                "self['rank']",
                "self.map['x']",
                "self.items[1]",
                "self.items[3]",
                "self.items['a']",
                // Errors are outweighed by what decides.
                "self.missing == 1 || true",
                "true || self.missing == 1",
                "self.missing == 1 || false",
                "self.missing == 1 && false",
                "false && self.missing == 1",
                "self.missing == 1 && true",
                "self.rank || false",
                // Lists and maps.
                "[1, 2] + [3] == self.items",
                "[1.0, 2.0, 3.0] == self.items",
                "{'a': 1, 'b': {'c': 'd'}} == self.map",
                "{'a': 2} == {'a': 1}",
                "2 in self.items",
                "2.0 in self.items",
                "'a' in self.map",
                "'z' in self.map",
                "'t' in self.name",
                "size(self.items) + size(self.map) + size(self.none)",
                "size(self.rank)",
                "null == null",
                "self.rank == 'x'",
                "self.rank != null",
                // Macros.
                "self.items.all(i, i > 0)",
                "self.items.all(i, i > 1)",
                "self.none.all(i, false)",
                "self.items.exists(i, i == 3)",
                "self.none.exists(i, true)",
                "self.items.exists_one(i, i > 2)",
                "self.items.exists_one(i, i > 1)",
                "[has(self.rank), has(self.missing)].exists_one(x, x)",
                "[has(self.rank), has(self.name)].exists_one(x, x)",
                "self.items.filter(i, i % 2 == 1)",
                "self.items.map(i, i * 2)",
                "self.map.all(k, k in ['a', 'b'])",
                "self.map.exists(k, k == 'z')",
                "self.items.exists(i, self.items.all(j, j <= i))",
                "self.items.all(i, i.x == 1 || true)",
                "self.items.exists(i, i / (i - 1) == 2)",
                "self.items.all(self, self > 0)",
                "self.rank.all(i, true)",
            })
    void hasTheValueThatTheReferenceGivesIt(String expression) {
        assertThat(value(expression)).isEqualTo(Reference.value(expression, Map.of("self", SELF)));
    }

    @Test
    void comparesNumbersOfDifferentTypesAsTheApiServerDoes() {
        assertThat(value("self.rank < 8.5 && self.whole >= 3 && self.rate < 1")).contains(true);
    }

    private static Optional<Object> value(String expression) {
        try {
            return Optional.of(Expression.of(expression).value(Map.of("self", SELF)));
        } catch (CelException e) {
            return Optional.empty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "self.a ==                | ends too early at character 10",
                "self.a = 1               | can't be read at character 8",
                "(self.a                  | expected )",
                "self.a self.b            | unexpected self at character 8",
                "self.exists(i + 1, true) | expected ,",
                "has(self)                | has() takes a field",
                "quantity('1Gi')          | no function quantity of 1 arguments is known here",
                "size(1, 2)               | no function size of 2 arguments",
                "b'bytes'                 | can't be read at character 1",
                "1u                       | can't be read at character 1",
                "'a\\x41'                 | unknown escape \\x",
            })
    void refusesWhatItDoesNotKnow(String expression, String message) {
        assertThatThrownBy(() -> Expression.of(expression))
                .isInstanceOf(CelException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "self.a == oldSelf.a                 | true",
                "self.oldSelf == 1                   | false",
                "self.a == 'oldSelf'                 | false",
                "self.a.all(oldSelf, oldSelf == 1)   | false",
                "self.a.all(x, has(oldSelf.b))       | true",
                "self.a ? [1, oldSelf] : {'a': 1}    | true",
            })
    void knowsWhetherItReadsAVariable(String expression, boolean reads) {
        assertThat(Expression.of(expression).reads("oldSelf")).isEqualTo(reads);
    }
}
