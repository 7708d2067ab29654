package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
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
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What adapters in PEFT's layout share: their names, the first fields of their configuration, and the head beside them. */
final class Peft {

    /** What PEFT puts before the name of a module of the model. */
    static final String PREFIX = "base_model.model.";

    /** The file that PEFT keeps an adapter's weights in. */
    static final String WEIGHTS = "adapter_model.safetensors";

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
        return adapted(model, training, inference, own, Set.of(), config, merged);
    }

    /**
     * The same for an adapter that PEFT may keep frozen arrays with.
     *
     * @param frozen their names
     */
    static Adapted adapted(
            Model model,
            Network training,
            Network inference,
            List<Trainable> own,
            Set<String> frozen,
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
        model.architecture().head().parameters().stream()
                .filter(parameter -> kept(model, parameter))
                .map(p -> new Trainable(prefix + p.name(), model.weights().get(p.name()), p.decays()))
                .forEach(trainables::add);
        trainables.forEach(trainable -> Torch.requireGradient(trainable.array()));
        return List.copyOf(trainables);
    }

    /** Refuses an adapter that keeps other modules than the task's head; PEFT lists the usual names of heads as well. */
    static void requireHead(Path folder, JsonNode modules, Model model) {
        var head = model.architecture().head().modules();
        for (var module : modules) {
            if (!head.contains(module.asText()) && !HEADS.contains(module.asText())) {
                throw TrainerFailure.invalidModel(
                        "%s/%s: modules_to_save holds %s: only the head of the task (%s) can be kept with an adapter"
                                .formatted(folder, AdapterFiles.CONFIG, module.asText(), String.join(", ", head)));
            }
        }
    }

    /** PEFT keeps what ends with a module's name, as pre_classifier with classifier, and all that is in it. */
    private static boolean kept(Model model, Parameter parameter) {
        return model.architecture().head().modules().stream()
                .anyMatch(module -> parameter.module().matches(".*" + Pattern.quote(module) + "([.].*)?"));
    }
}
