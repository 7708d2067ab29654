package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.Method.Adapter;
import dev.attune.api.Method.Adapter.Placement;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.model.Model;
import dev.attune.trainer.model.Network.Part;
import dev.attune.trainer.tensor.Ops;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What bottlenecks compute, in the terms of the adapters library's configuration.
 *
 * @param attention whether they stand behind attention
 * @param feedForward whether they stand at the feed-forward network
 * @param onSum whether they read the normalised sum of a part's output and its residual, rather than the output
 * @param parallel whether they read the residual alone
 * @param reduction the model's width divided by theirs
 * @param function its name there
 */
record BottleneckConfig(
        boolean attention,
        boolean feedForward,
        boolean onSum,
        boolean parallel,
        double scale,
        double reduction,
        String function) {

    private static final String WEIGHTS = "adapter.safetensors";
    private static final String HEAD_WEIGHTS = "model_head.safetensors";
    private static final String HEAD_CONFIG = "head_config.json";
    private static final Map<String, UnaryOperator<NDArray>> FUNCTIONS =
            Map.of("relu", Ops::relu, "gelu", Ops::gelu, "swish", Ops::silu, "silu", Ops::silu);

    /** What isn't computed, and the values that leave it out. */
    private static final Map<String, Set<String>> OFF = Map.ofEntries(
            Map.entry("architecture", Set.of("null")),
            Map.entry("ln_before", Set.of("false")),
            Map.entry("ln_after", Set.of("false")),
            Map.entry("use_gating", Set.of("false")),
            Map.entry("original_ln_after", Set.of("true")),
            Map.entry("residual_before_ln", Set.of("true")),
            Map.entry("adapter_residual_before_ln", Set.of("false")),
            Map.entry("inv_adapter", Set.of("null")),
            Map.entry("cross_adapter", Set.of("false")),
            Map.entry("leave_out", Set.of("[]")),
            Map.entry("phm_layer", Set.of("false")),
            Map.entry("stochastic_depth", Set.of("0.0", "0", "null")));

    static BottleneckConfig of(Adapter spec) {
        var placement = spec.placement();
        var parallel = placement == Placement.PARALLEL;
        var houlsby = placement == Placement.HOULSBY;
        return new BottleneckConfig(
                houlsby,
                true,
                placement == Placement.PFEIFFER,
                parallel,
                parallel ? 4 : 1,
                Optional.ofNullable(spec.reduction()).orElse(parallel ? 2 : 16),
                Optional.ofNullable(spec.nonlinearity())
                        .map(given -> given.name().toLowerCase(Locale.ROOT))
                        .orElse(houlsby ? "swish" : "relu"));
    }

    /** Reads the library's configuration, and refuses what would change the mathematics. */
    static BottleneckConfig read(Path folder, JsonNode config) {
        OFF.forEach((field, off) -> {
            if (config.has(field) && !off.contains(config.path(field).toString())) {
                throw refuse(folder, field, config.path(field));
            }
        });
        for (var number : List.of("scaling", "reduction_factor")) {
            if (config.has(number) && !config.path(number).isNumber()) {
                throw refuse(folder, number, config.path(number));
            }
        }
        var function = config.path("non_linearity").asText().toLowerCase(Locale.ROOT);
        if (!FUNCTIONS.containsKey(function)) {
            throw TrainerFailure.invalidModel("%s/%s: non_linearity %s is not implemented; known: %s"
                    .formatted(
                            folder,
                            AdapterFiles.CONFIG,
                            config.path("non_linearity"),
                            String.join(", ", new TreeSet<>(FUNCTIONS.keySet()))));
        }
        return new BottleneckConfig(
                config.path("mh_adapter").asBoolean(),
                config.path("output_adapter").asBoolean(),
                config.path("original_ln_before").asBoolean(),
                config.path("is_parallel").asBoolean(),
                config.path("scaling").asDouble(1),
                config.path("reduction_factor").asDouble(),
                function);
    }

    private static TrainerFailure refuse(Path folder, String field, JsonNode value) {
        return TrainerFailure.invalidModel(
                "%s/%s: %s %s is not implemented".formatted(folder, AdapterFiles.CONFIG, field, value));
    }

    /** Whether there are bottlenecks at a part. */
    boolean stands(Part part) {
        return switch (part) {
            case ATTENTION -> attention;
            case FEED_FORWARD -> feedForward;
            case CROSS_ATTENTION -> false;
        };
    }

    /** Width of a bottleneck. */
    int inner(int hidden) {
        return (int) Math.max(1, Math.floor(hidden / reduction));
    }

    /** What is between its two layers. */
    UnaryOperator<NDArray> nonlinearity() {
        return FUNCTIONS.get(function);
    }

    /**
     * The files that the library loads: the bottlenecks', and those of the task's modules where it has some.
     *
     * @param own the bottlenecks' weights
     * @param all these, and then the modules'
     */
    static AdapterFiles files(
            Model model, String label, BottleneckConfig form, List<Trainable> own, List<Trainable> all) {
        var weights = new LinkedHashMap<String, Supplier<Map<String, NDArray>>>();
        var configs = new LinkedHashMap<String, ObjectNode>();
        weights.put(WEIGHTS, () -> Trainable.byName(own));
        var config = about(model, label);
        config.set("config", form.json());
        configs.put(AdapterFiles.CONFIG, config);
        if (all.size() > own.size()) {
            weights.put(HEAD_WEIGHTS, () -> Trainable.byName(all.subList(own.size(), all.size())));
            var head = about(model, null);
            head.putNull("config");
            head.put("num_labels", model.task().outputs());
            var labels = head.putObject("label2id");
            model.task().labels().forEach(name -> labels.put(name, labels.size()));
            configs.put(HEAD_CONFIG, head);
        }
        return new AdapterFiles(weights, configs, (name, array) -> false);
    }

    private static ObjectNode about(Model model, String label) {
        var json = new ObjectMapper().createObjectNode();
        json.put("hidden_size", model.architecture().geometry().hidden());
        json.put("model_class", model.architecture().head().modelClass());
        json.put("model_name", model.source());
        json.put("model_type", model.config().text("model_type", ""));
        json.put("name", label);
        json.put("version", "adapters.1.3.0");
        return json;
    }

    private ObjectNode json() {
        var json = new ObjectMapper().createObjectNode();
        json.put("mh_adapter", attention);
        json.put("output_adapter", feedForward);
        json.put("original_ln_before", onSum);
        json.put("original_ln_after", true);
        json.put("residual_before_ln", true);
        json.put("is_parallel", parallel);
        json.put("scaling", scale);
        json.put("reduction_factor", reduction);
        json.put("non_linearity", function);
        return json;
    }
}
