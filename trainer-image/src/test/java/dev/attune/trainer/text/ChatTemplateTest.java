package dev.attune.trainer.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.trainer.failure.TrainerFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChatTemplateTest {

    private static final String CHATML = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>\n{% endfor %}"
            + "{% if add_generation_prompt %}<assistant>{% endif %}";
    private static final List<Message> CHAT = List.of(
            new Message("user", "One"),
            new Message("assistant", "Two"),
            new Message("user", "Three"),
            new Message("assistant", "Four"));

    @TempDir
    Path folder;

    static Stream<ReferenceTokens> chats() {
        return ReferenceTokens.ofKind("chat");
    }

    @ParameterizedTest
    @MethodSource("chats")
    void marksTheTokensThatTransformersMarks(ReferenceTokens expected) {
        try (var tokenizer = Tokenizer.read(expected.folder())) {
            var chat = ChatTemplate.read(tokenizer).renderWithAnswers("a test", expected.messages());
            var encoded = tokenizer.encodeWithPlaces(chat.text());
            var marked = encoded.in(chat.answers());

            assertThat(chat.text()).isEqualTo(expected.text());
            assertThat(encoded.ids()).isEqualTo(expected.ids());
            for (var token = 0; token < marked.length; token++) {
                assertThat(marked[token]).as("token %d", token).isEqualTo(expected.mask()[token] == 1);
            }
        }
    }

    @Test
    void tellsAnswersByPrefixesWithWhatEndsThem() throws IOException {
        var chat = template(CHATML).renderWithAnswers("a test", CHAT);

        assertThat(chat.answers().stream().map(span -> chat.text().substring(span.start(), span.end())))
                .containsExactly("Two</s>\n", "Four</s>\n");
    }

    @Test
    void tellsAnswersByGenerationBlocksWhereThereAreSome() throws IOException {
        var chat = template("{% for m in messages %}{{ m.role }}: {% if m.role == 'assistant' %}{% generation %}"
                        + "{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %};{% endfor %}")
                .renderWithAnswers("a test", CHAT);

        assertThat(chat.answers().stream().map(span -> chat.text().substring(span.start(), span.end())))
                .containsExactly("Two", "Four");
    }

    @Test
    void refusesToGuessWhereTheTextOfAChatChangesWithWhatFollows() throws IOException {
        var template = template("{% for m in messages %}{{ m.role }}: {% if not loop.last %}(earlier) {% endif %}"
                + "{{ m.content }};{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}");

        assertThatThrownBy(() -> template.renderWithAnswers("data.jsonl line 7", CHAT))
                .isInstanceOf(TrainerFailure.class)
                .hasMessageContaining("data.jsonl line 7 up to message 2")
                .hasMessageContaining("{% generation %}")
                .hasMessageContaining("lossOn: all");
        assertThat(template.render("a test", CHAT.subList(0, 2), false))
                .isEqualTo("user: (earlier) One;assistant: Two;");
    }

    @Test
    void blamesTheChatThatATemplateRefusesAndTheTemplateThatCannotBeRendered() throws IOException {
        assertThatThrownBy(() -> template("{{ raise_exception('roles must alternate') }}")
                        .render("data.jsonl line 7", CHAT, false))
                .isInstanceOfSatisfying(
                        TrainerFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo("InvalidData"))
                .hasMessage(
                        "data.jsonl line 7: the model's chat template refuses the chat: line 1: roles must alternate");
        assertThatThrownBy(
                        () -> template("\n{{ messages | groupby('role') }}").render("data.jsonl line 7", CHAT, false))
                .isInstanceOfSatisfying(
                        TrainerFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo("InvalidModel"))
                .hasMessage(
                        "%s: the chat template can't be rendered for data.jsonl line 7: line 2: the filter groupby isn't supported",
                        folder.resolve("chat_template.jinja"));
        assertThatThrownBy(() -> template("{% include 'x' %}"))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage(
                        "%s has a chat template that can't be used: line 1: the tag include isn't supported",
                        folder.resolve("chat_template.jinja"));
    }

    @Test
    void rendersMessagesAsTheyAreHoweverMuchTheyLookLikeTemplates() throws IOException {
        var text = template("{{ messages[0].content }}")
                .render("a test", List.of(new Message("user", "{{ bos_token }}{% for %}")), false);

        assertThat(text).isEqualTo("{{ bos_token }}{% for %}");
    }

    @Test
    void asksForSpecialTokensThatTheTemplateUsesAndTheFilesDoNotGive() throws IOException {
        var config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{}");
        assertThatThrownBy(() -> template("{{ bos_token }}{{ messages[0].content }}"))
                .isInstanceOf(TrainerFailure.class)
                .hasMessage(
                        "%s gives no bos_token, which the chat template uses: add it, or null if there's none", config);

        Files.writeString(config, "{\"bos_token\": null}");
        assertThat(template("{{ bos_token }}{{ messages[0].content }}").render("a test", CHAT, false))
                .isEqualTo("One");
    }

    @Test
    void takesTheFileBeforeTheConfigurationAndTheDefaultOfAList() throws IOException {
        var config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"chat_template\": \"in the configuration\"}");
        assertThat(template("in the file").render("a test", CHAT, false)).isEqualTo("in the file");

        Files.delete(folder.resolve("chat_template.jinja"));
        assertThat(template().render("a test", CHAT, false)).isEqualTo("in the configuration");

        Files.writeString(config, "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"x\"}]}");
        assertThatThrownBy(this::template)
                .isInstanceOf(TrainerFailure.class)
                .hasMessage("%s has no chat_template named default, only [rag]", config);

        Files.writeString(config, "{}");
        assertThatThrownBy(this::template)
                .isInstanceOf(TrainerFailure.class)
                .hasMessageStartingWith(
                        folder.resolve("chat_template.jinja") + " does not exist and tokenizer_config.json has no");
    }

    private ChatTemplate template(String source) throws IOException {
        Files.writeString(folder.resolve("chat_template.jinja"), source);
        return template();
    }

    private ChatTemplate template() throws IOException {
        var json = folder.resolve("tokenizer.json");
        if (!Files.exists(json)) {
            Files.copy(ReferenceTokens.folder("chatml").resolve("tokenizer.json"), json);
        }
        try (var tokenizer = Tokenizer.read(folder)) {
            return ChatTemplate.read(tokenizer);
        }
    }
}
