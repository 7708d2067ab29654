package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Architecture;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network;
import dev.attune.trainer.model.Parameter;
import dev.attune.trainer.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** What adapters in PEFT's layout share: their names, the first fields of their configuration, and the head beside them. */
final class Peft {

    /** What PEFT puts before the name of a module of the model. */
    static final String PREFIX = "base_model.model.";

    /** The file that PEFT keeps an adapter's weights in. */
    static final String WEIGHTS = "adapter_model.safetensors";

    private static final Pattern COPIED = Pattern.compile(
            "base_model[.]model[.]((.*[.])?(embed_tokens|embed_in|lm_head|wte|wpe|shared|\\w+_embeddings))([.]base_layer)?[.]weight");

    /** As far apart, of the largest, as two numbers may be that are one in half precision. */
    private static final double ROUNDED = 0x1p-8;

    private static final Set<String> HEADS = Set.of("classifier", "score", "qa_outputs");

    private Peft() {}

    /** The fields that every adapter's configuration begins with. */
    static ObjectNode config(Model model, String type) {
        var config = new ObjectMapper().createObjectNode();
        config.put("peft_type", type);
        config.put("task_type", taskType(model));
        config.put("base_model_name_or_path", model.source());
        config.put("inference_mode", true);
        var modules = model.architecture().head().modules();
        if (!modules.isEmpty()) {
            modules.forEach(config.putArray("modules_to_save")::add);
        }
        return config;
    }

    /** The names in a list of a configuration. */
    static List<String> names(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static String taskType(Model model) {
        return switch (model.task().kind()) {
            case LANGUAGE_MODELING ->
                switch (model.architecture().kind()) {
                    case DECODER -> "CAUSAL_LM";
                    case ENCODER_DECODER -> "SEQ_2_SEQ_LM";
                    case ENCODER -> null;
                };
            case CLASSIFICATION, TAGGING, REGRESSION -> "SEQ_CLS";
            case QUESTION_ANSWERING -> "QUESTION_ANS";
        };
    }

    /**
     * A model with an adapter; the modules of its task are trained and kept with it.
     *
     * @param own the adapter's weights, under the names that PEFT saves them by
     */
    static Adapted adapted(
            Model model,
            Network training,
            Network inference,
            List<Trainable> own,
            ObjectNode config,
            Supplier<Map<String, NDArray>> merged) {
        return adapted(model, training, inference, own, (name, array) -> isCopy(model, name, array), config, merged);
    }

    /**
     * The same for an adapter that PEFT may keep other arrays with.
     *
     * @param frozen as of {@link AdapterFiles}
     */
    static Adapted adapted(
            Model model,
            Network training,
            Network inference,
            List<Trainable> own,
            BiPredicate<String, NDArray> frozen,
            ObjectNode config,
            Supplier<Map<String, NDArray>> merged) {
        var trainables = withHead(model, own, PREFIX);
        var files = new AdapterFiles(
                Map.of(WEIGHTS, () -> Trainable.byName(trainables)), Map.of(AdapterFiles.CONFIG, config), frozen);
        return new Adapted(training, inference, trainables, Optional.of(files), merged);
    }

    /**
     * All that is trained: what the adapter has of its own, and then the modules of the model's task.
     *
     * @param prefix what is put before the name of a module
     */
    static List<Trainable> withHead(Model model, List<Trainable> own, String prefix) {
        var trainables = new ArrayList<>(own);
        headKept(model.architecture()).stream()
                .map(p -> new Trainable(prefix + p.name(), model.weights().get(p.name()), p.decays()))
                .forEach(trainables::add);
        trainables.forEach(trainable -> Torch.requireGradient(trainable.array()));
        return List.copyOf(trainables);
    }

    /** The weights of the task's head that are kept with an adapter. */
    static List<Parameter> headKept(Architecture architecture) {
        return architecture.head().parameters().stream()
                .filter(parameter -> keeps(architecture, parameter.module()))
                .toList();
    }

    /** PEFT keeps the model's embeddings with an adapter that touches them; one that differs was trained, or has new rows. */
    private static boolean isCopy(Model model, String name, NDArray array) {
        var copied = COPIED.matcher(name);
        if (!copied.matches()) {
            return false;
        }
        var own = model.architecture().canonical(copied.group(1) + ".weight");
        var head = model.architecture().head().last() + ".weight";
        var weight = model.weights().getOrDefault(own, model.weights().get(head));
        return weight != null
                && weight.getShape().equals(array.getShape())
                && array.sub(weight).abs().max().getFloat()
                        <= ROUNDED * weight.abs().max().getFloat();
    }

    /** Refuses an adapter that keeps other modules than the task's head; PEFT lists the usual names of heads as well. */
    static void requireHead(Path folder, Model model) {
        var head = model.architecture().head().modules();
        for (var module : AdapterFiles.config(folder).path("modules_to_save")) {
            if (!HEADS.contains(module.asText()) && !keeps(model.architecture(), module.asText())) {
                throw TrainerFailure.invalidModel(
                        "%s/%s: modules_to_save holds %s: only the head of the task (%s) can be kept with an adapter"
                                .formatted(folder, AdapterFiles.CONFIG, module.asText(), String.join(", ", head)));
            }
        }
    }

    /** PEFT keeps what ends with a module's name, as pre_classifier with classifier, and all that is in it. */
    static boolean keeps(Architecture architecture, String module) {
        return architecture.head().modules().stream()
                .anyMatch(own -> module.matches(".*" + Pattern.quote(own) + "([.].*)?"));
    }
}
