package dev.attune.trainer.sink.card;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.attune.api.DataSet;
import dev.attune.api.FineTuneJobSpec;
import dev.attune.api.Method;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A recipe in words, for a reader who has not seen the manifest.
 *
 * @param model where the base model came from
 * @param method as in {@code LoRA}
 * @param settings of the method, as in {@code rank 8, alpha 16}; empty: its defaults
 * @param objective as in {@code instruction tuning}
 * @param trainedOn places of the training data
 * @param evaluatedOn what it was judged by, as in {@code 5% of the training data, held out}; empty: nothing
 * @param bottlenecks whether the adapters library, not PEFT, loads what the method makes
 * @param yaml the members of the manifest's spec that decide what is learnt
 */
public record Recipe(
        String model,
        String method,
        String settings,
        String objective,
        List<String> trainedOn,
        String evaluatedOn,
        boolean bottlenecks,
        String yaml) {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES));

    private static final List<String> DECISIVE =
            List.of("model", "data", "objective", "method", "training", "evaluation", "output");

    private static final Map<String, String> OBJECTIVES =
            Map.of("instruction", "instruction tuning", "sequenceToSequence", "sequence-to-sequence learning");

    /** The words for a spec; what it leaves to the defaults stays unsaid. */
    public static Recipe of(FineTuneJobSpec spec) {
        ObjectNode tree = YAML.valueToTree(spec);
        var method = tree.get("method").properties().iterator().next();
        var objective = tree.get("objective").properties().iterator().next().getKey();
        return new Recipe(
                spec.model().from(),
                title(method.getKey()),
                settings(method.getValue()),
                OBJECTIVES.getOrDefault(objective, words(objective)),
                spec.data().train().stream().map(DataSet::from).toList(),
                evaluatedOn(spec),
                spec.method().adapter() != null,
                yaml(tree.retain(DECISIVE)));
    }

    private static String evaluatedOn(FineTuneJobSpec spec) {
        if (spec.data().evaluation() != null) {
            return spec.data().evaluation().stream().map(DataSet::from).collect(Collectors.joining(", "));
        }
        var fraction = spec.data().evaluationFraction();
        return fraction == null
                ? ""
                : String.format(Locale.ROOT, "%.4g%% of the training data, held out", 100 * fraction)
                        .replaceFirst("\\.?0+%", "%");
    }

    private static String settings(JsonNode method) {
        return method.properties().stream()
                .map(setting -> words(setting.getKey()) + " " + value(setting.getValue()))
                .map(String::strip)
                .collect(Collectors.joining(", "));
    }

    private static String value(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .map(entry -> entry.getKey() + " " + value(entry.getValue()))
                    .collect(Collectors.joining(" "));
        }
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(" "))
                : value.asText().replaceFirst("\\.0$", "");
    }

    /** What the API's description of a method begins with: what people call it. */
    private static String title(String method) {
        var title = Stream.of(Method.class.getRecordComponents())
                .filter(component -> component.getName().equals(method))
                .map(component -> component.getAccessor().getAnnotation(JsonPropertyDescription.class))
                .map(description -> description.value().split(" \\(|:")[0])
                .findFirst()
                .orElseThrow();
        var sentence = title.substring(1).equals(title.substring(1).toLowerCase(Locale.ROOT));
        return sentence ? title.toLowerCase(Locale.ROOT) : title;
    }

    private static String words(String camelCase) {
        return camelCase.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }

    private static String yaml(JsonNode tree) {
        try {
            return YAML.writeValueAsString(tree).strip();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
