package dev.attune.trainer.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

    /** A line of what tools/chat-templates.py printed. */
    record Case(
            String name,
            String template,
            List<Map<String, Object>> messages,
            boolean add_generation_prompt,
            String text,
            List<List<Integer>> generated,
            String error) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        var cases = TemplateTest.class.getResourceAsStream("/dev/attune/trainer/text/chats.jsonl");
        return new ObjectMapper().readerFor(Case.class).<Case>readValues(cases).readAll().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsTransformersDoes(Case given) {
        var variables = new HashMap<String, Object>(Map.of(
                "messages",
                given.messages(),
                "add_generation_prompt",
                given.add_generation_prompt(),
                "bos_token",
                "<s>",
                "eos_token",
                "</s>"));
        variables.put("tools", null);
        variables.put("documents", null);

        if (given.error() != null) {
            assertThatThrownBy(() -> Template.parse(given.template()).render(variables))
                    .isInstanceOf(TemplateException.class);
            return;
        }
        var rendering = Template.parse(given.template()).render(variables);
        assertThat(rendering.text()).isEqualTo(given.text());
        assertThat(rendering.generated())
                .isEqualTo(given.generated().stream()
                        .map(span -> new Span(span.get(0), span.get(1)))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'a' | tojson }}",
                "{{ 'a' is divisibleby(2) }}",
                "{{ 'a'.title() }}",
                "{{ [1].append(2) }}",
                "{{ {}.update({}) }}",
                "{{ 'a'.__class__ }}",
                "{{ [1, 2] }}",
                "{{ 3 / 2 }}",
                "{{ '%s' % 'a' }}",
                "{{ strftime_now('%d') }}",
                "{{ unknown('x') }}",
                "{{ 'a'.strip(chars='b') }}"
            })
    void refusesWhatItDoesNotKnowWhenItIsReached(String template) {
        assertThat(Template.parse("{% if false %}" + template + "{% endif %}")
                        .render(Map.of())
                        .text())
                .isEmpty();
        assertThatThrownBy(() -> Template.parse("\n\n" + template).render(Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessageStartingWith("line 3: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% include 'x' %}",
                "{% if true %}",
                "{% endif %}",
                "{{ 1",
                "{{ }}",
                "{# open",
                "{{ 'open }}",
                "{% for in x %}{% endfor %}",
                "{{ 1 < 2 < 3 }}",
                "{{ (1, 2 }}",
                "{{ a ! b }}"
            })
    void refusesWhatIsNoTemplate(String template) {
        assertThatThrownBy(() -> Template.parse(template))
                .isInstanceOf(TemplateException.class)
                .hasMessageStartingWith("line 1: ");
    }

    @Test
    void refusesMacrosThatCallThemselvesWithoutEnd() {
        assertThatThrownBy(() -> Template.parse("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")
                        .render(Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessage("macros call each other without end");
    }
}
