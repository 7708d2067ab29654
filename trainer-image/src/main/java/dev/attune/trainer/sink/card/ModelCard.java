package dev.attune.trainer.sink.card;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.attune.api.FineTuneJobStatus.TrainerInfo;
import dev.attune.api.Output.Form;
import dev.attune.trainer.sink.Change;
import dev.attune.trainer.sink.Figures;
import dev.attune.trainer.sink.Sample;
import io.quarkus.qute.Engine;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The {@code README.md} of a result: for people, with a head that the Hugging Face hub reads.
 *
 * @param job name of the FineTuneJob
 * @param trainer what trained it
 * @param modelClass the class of transformers that it is
 * @param steps optimiser steps done
 * @param epochs passes over the training data
 * @param tokens seen in training, padding left out
 * @param metrics before and after
 * @param samples what the model writes, before and after
 */
public record ModelCard(
        String job,
        Form form,
        Recipe recipe,
        TrainerInfo trainer,
        String modelClass,
        int steps,
        double epochs,
        long tokens,
        List<Change> metrics,
        List<Sample> samples) {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER));

    /** What the hub calls the adapters library. */
    private static final String ADAPTERS = "adapter-transformers";

    private static final Pattern HUB = Pattern.compile("hf://(?<id>[\\w.-]+/[\\w.-]+)(@.*)?");

    private static final Template TEMPLATE = Engine.builder()
            .addDefaults()
            .addValueResolver(new ReflectionValueResolver())
            .build()
            .parse(template());

    /** A metric's row; all numbers are formatted. */
    record Row(String name, String before, String after, String difference) {}

    /** A prompt and its continuations, each as an indented block. */
    record Block(String prompt, String before, String after) {}

    /** The whole file. */
    public String text() {
        var usage = Usage.of(modelClass);
        return TEMPLATE.data("card", this)
                .data("usage", usage)
                .data("ownHead", form == Form.ADAPTER && usage.ownHead())
                .data("bottlenecks", form == Form.ADAPTER && recipe.bottlenecks())
                .data("head", head())
                .data("adapter", form == Form.ADAPTER)
                .data("trained", Figures.magnitude(trainer.trainableParameters()))
                .data("parameters", Figures.magnitude(trainer.parameters()))
                .data("extent", Figures.grouped(steps) + " steps")
                .data("passes", Figures.decimal(epochs) + " epochs")
                .data("seen", Figures.magnitude(tokens) + " tokens")
                .data("rows", metrics.stream().map(ModelCard::row).toList())
                .data("blocks", samples.stream().map(ModelCard::block).toList())
                .data("base", hubId().orElse("path/to/" + lastPart(recipe.model())))
                .data("place", "path/to/" + job)
                .data(
                        "prompt",
                        literal(
                                samples.isEmpty()
                                        ? "Once upon a time"
                                        : samples.get(0).prompt()))
                .render();
    }

    /** What the hub reads; it refuses a base model that isn't one of its own. */
    private String head() {
        var head = new LinkedHashMap<String, Object>();
        hubId().ifPresent(id -> {
            head.put("base_model", id);
            head.put("base_model_relation", form == Form.ADAPTER ? "adapter" : "finetune");
        });
        head.put("library_name", form == Form.MERGED ? "transformers" : recipe.bottlenecks() ? ADAPTERS : "peft");
        head.put("pipeline_tag", Usage.of(modelClass).pipeline());
        head.put(
                "tags",
                List.of(
                        "attune",
                        recipe.method().toLowerCase(Locale.ROOT).replace(' ', '-'),
                        recipe.objective().replace(' ', '-')));
        return json(YAML, head).strip();
    }

    private Optional<String> hubId() {
        var matcher = HUB.matcher(recipe.model());
        return matcher.matches() ? Optional.of(matcher.group("id")) : Optional.empty();
    }

    private static String lastPart(String uri) {
        var path = uri.replaceFirst("/+$", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Row row(Change change) {
        var compared = change.before() != null;
        return new Row(
                change.name(),
                compared ? Figures.aligned(change.before()) : "",
                Figures.aligned(change.after()),
                compared ? Figures.difference(change.difference()) : "");
    }

    private static Block block(Sample sample) {
        return new Block(indented(sample.prompt()), indented(sample.before()), indented(sample.after()));
    }

    /** Text that Markdown shows as it is, whatever it holds. */
    private static String indented(String text) {
        return text == null ? null : text.strip().indent(4).stripTrailing();
    }

    /** A string of Python. */
    private static String literal(String text) {
        return json(new ObjectMapper(), text);
    }

    private static String json(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String template() {
        try (var in = ModelCard.class.getResourceAsStream("model-card.md")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
