package dev.attune.trainer.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.text.jinja.Span;
import dev.attune.trainer.text.jinja.Template;
import dev.attune.trainer.text.jinja.Template.Rendering;
import dev.attune.trainer.text.jinja.TemplateException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A model's chat template: the text of a chat as transformers gives it, and which of it the assistant says. */
public final class ChatTemplate {

    private static final String FILE = "chat_template.jinja";
    private static final String CONFIG = "tokenizer_config.json";
    private static final Pattern GENERATION = Pattern.compile("\\{%[-+]?\\s*generation\\s*[-+]?%}");
    private static final Pattern SPECIAL_TOKEN = Pattern.compile("\\b(?:bos|eos|pad|unk|sep|cls|mask)_token\\b");

    private final Path file;
    private final Template template;
    private final boolean marksAnswers;
    private final Map<String, Object> variables;

    private ChatTemplate(Path file, Template template, boolean marksAnswers, Map<String, Object> variables) {
        this.file = file;
        this.template = template;
        this.marksAnswers = marksAnswers;
        this.variables = variables;
    }

    /**
     * Reads the chat template of a model folder: chat_template.jinja, or else chat_template in tokenizer_config.json,
     * where it may be a list of named ones of which {@code default} is taken.
     *
     * @throws TrainerFailure when there's none, or it can't be rendered here as transformers renders it
     */
    public static ChatTemplate read(Tokenizer tokenizer) {
        var files = new ModelFiles(tokenizer.folder());
        var inFile = files.text(FILE);
        var name = inFile.isPresent() ? FILE : CONFIG;
        var source = inFile.orElseGet(() -> inConfig(files));
        var variables = new HashMap<String, Object>();
        tokenizer.special().declared().forEach((token, text) -> {
            if (text != null) {
                variables.put(token, text);
            }
        });
        SPECIAL_TOKEN.matcher(source).results().map(found -> found.group()).forEach(token -> {
            if (!tokenizer.special().declared().containsKey(token)) {
                throw files.failure(
                        CONFIG,
                        "gives no %s, which the chat template uses: add it, or null if there's none".formatted(token));
            }
        });
        variables.put("tools", null);
        variables.put("documents", null);
        try {
            return new ChatTemplate(
                    tokenizer.folder().resolve(name),
                    Template.parse(source),
                    GENERATION.matcher(source).find(),
                    variables);
        } catch (TemplateException e) {
            throw files.failure(name, "has a chat template that can't be used: " + e.getMessage());
        }
    }

    private static String inConfig(ModelFiles files) {
        var entry = files.json(CONFIG).path("chat_template");
        if (entry.isTextual()) {
            return entry.textValue();
        }
        var names = new ArrayList<String>();
        for (JsonNode named : entry) {
            if (named.path("name").asText().equals("default")) {
                return named.path("template").asText();
            }
            names.add(named.path("name").asText());
        }
        throw names.isEmpty()
                ? files.failure(
                        FILE,
                        "does not exist and tokenizer_config.json has no chat_template: add one, or give"
                                + " prompt and completion instead of messages")
                : files.failure(CONFIG, "has no chat_template named default, only %s".formatted(names));
    }

    /**
     * The text of a chat.
     *
     * @param where where the chat comes from, for messages, as in {@code pvc://data/train.jsonl line 3}
     * @param withGenerationPrompt whether the text goes on to where the assistant begins to speak
     * @throws TrainerFailure when the template refuses the chat, or uses what can't be rendered exactly
     */
    public String render(String where, List<Message> messages, boolean withGenerationPrompt) {
        return rendering(where, messages, withGenerationPrompt).text();
    }

    /**
     * The text of a chat and which of it the assistant says, with what ends its turns.
     *
     * <p>A template tells by {@code {% generation %}}. For one that doesn't, a turn is what comes between the text up to
     * it, with the prompt to generate it, and the text with it; each must begin with the one before.
     *
     * @param where where the chat comes from, for messages
     * @throws TrainerFailure as {@link #render}; or when the assistant's turns can't be told
     */
    public Chat renderWithAnswers(String where, List<Message> messages) {
        var whole = rendering(where, messages, false);
        if (marksAnswers) {
            return new Chat(whole.text(), whole.generated());
        }
        var answers = new ArrayList<Span>();
        for (var turn = 0; turn < messages.size(); turn++) {
            if (messages.get(turn).isAnswer()) {
                var before = render(where, messages.subList(0, turn), true);
                var after = render(where, messages.subList(0, turn + 1), false);
                if (!after.startsWith(before) || !whole.text().startsWith(after)) {
                    throw TrainerFailure.invalidModel(
                            "%s: the chat template doesn't tell what the assistant says: the text of %s up to message %d isn't how its whole text begins; put {%% generation %%} and {%% endgeneration %%} around the assistant's text in the template, or set spec.objective.instruction.lossOn: all"
                                    .formatted(file, where, turn + 1));
                }
                answers.add(new Span(before.length(), after.length()));
            }
        }
        return new Chat(whole.text(), answers);
    }

    private Rendering rendering(String where, List<Message> messages, boolean withGenerationPrompt) {
        var all = new HashMap<>(variables);
        all.put("messages", messages.stream().map(ChatTemplate::variable).toList());
        all.put("add_generation_prompt", withGenerationPrompt);
        try {
            return template.render(all);
        } catch (TemplateException e) {
            throw e.isRefusal()
                    ? TrainerFailure.invalidData(
                            "%s: the model's chat template refuses the chat: %s".formatted(where, e.getMessage()))
                    : TrainerFailure.invalidModel("%s: the chat template can't be rendered for %s: %s"
                            .formatted(file, where, e.getMessage()));
        }
    }

    private static Map<String, Object> variable(Message message) {
        var variable = new LinkedHashMap<String, Object>();
        variable.put("role", message.role());
        variable.put("content", message.content());
        return variable;
    }

    /**
     * The text of a chat.
     *
     * @param answers what the assistant says, in order
     */
    public record Chat(String text, List<Span> answers) {}
}
