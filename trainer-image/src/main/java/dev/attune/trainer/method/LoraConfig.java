package dev.attune.trainer.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.api.Method.Lora.Variant;
import dev.attune.trainer.failure.TrainerFailure;
import dev.attune.trainer.safetensors.SafetensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * What decides the shapes and the scale of LoRA's updates, as PEFT's configuration holds it.
 *
 * @param targets last parts of module names, or whole ones; empty: the architecture's own choice
 * @param rankPattern other ranks by the end of a module's name, a regular expression; the first that fits counts
 * @param alphaPattern other alphas in the same way
 */
record LoraConfig(
        int rank,
        double alpha,
        Variant variant,
        List<String> targets,
        Map<String, Integer> rankPattern,
        Map<String, Double> alphaPattern) {

    private static final int USUAL_RANK = 8;

    /** How PEFT starts an adapter; other ways change the model's own weights, also when the adapter is loaded. */
    private static final Set<String> STARTS = Set.of("true", "false", "gaussian", "eva", "orthogonal");

    private static final Pattern UPDATE =
            Pattern.compile(Pattern.quote(Peft.PREFIX) + "(.+)\\.(lora_A\\.weight|lora_embedding_A)");

    /** What a manifest sets. */
    static LoraConfig of(dev.attune.api.Method.Lora spec) {
        var rank = Optional.ofNullable(spec.rank()).orElse(USUAL_RANK);
        return new LoraConfig(
                rank,
                Optional.ofNullable(spec.alpha()).orElse((double) rank),
                Optional.ofNullable(spec.variant()).orElse(Variant.STANDARD),
                Optional.ofNullable(spec.targets()).orElse(List.of()),
                longestFirst(spec.rankPattern()),
                longestFirst(spec.alphaPattern()));
    }

    private static <V> Map<String, V> longestFirst(Map<String, V> pattern) {
        var sorted = new TreeMap<String, V>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        sorted.putAll(pattern == null ? Map.of() : pattern);
        return sorted;
    }

    /** Refuses a manifest that says something else than this, an adapter's configuration, does. */
    void requireAgreement(dev.attune.api.Method.Lora spec) {
        agree("rank", spec.rank(), rank);
        agree("alpha", spec.alpha(), alpha);
        agree("variant", spec.variant(), variant);
        var wanted = spec.targets() == null ? null : List.copyOf(spec.targets());
        agree("targets", wanted == null ? null : sorted(wanted), sorted(targets));
    }

    private static List<String> sorted(List<String> names) {
        return names.stream().sorted().toList();
    }

    private static void agree(String field, Object wanted, Object found) {
        if (wanted != null && !wanted.equals(found)) {
            throw TrainerFailure.invalidManifest(
                    "spec.method.lora.%s is %s, but that of the adapter in initialFrom is %s: leave it out"
                            .formatted(field, shown(wanted), shown(found)));
        }
    }

    private static String shown(Object value) {
        return value instanceof Variant variant ? variant.name().toLowerCase(java.util.Locale.ROOT) : value.toString();
    }

    int rank(String module) {
        return first(rankPattern, module).orElse(rank);
    }

    /** What the update of a module is multiplied by. */
    double scale(String module) {
        var own = rank(module);
        return first(alphaPattern, module).orElse(alpha) / (variant == Variant.RSLORA ? Math.sqrt(own) : own);
    }

    private static <V> Optional<V> first(Map<String, V> pattern, String module) {
        return pattern.entrySet().stream()
                .filter(entry -> fits(entry.getKey(), module))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean fits(String pattern, String module) {
        return module.matches("(.*\\.)?(" + pattern + ")");
    }

    /** Refuses a pattern that none of the adapted modules fits, as it would do nothing. */
    void requireUse(List<String> modules) {
        Stream.of(Map.entry("rankPattern", rankPattern.keySet()), Map.entry("alphaPattern", alphaPattern.keySet()))
                .forEach(field -> field.getValue().stream()
                        .filter(key -> modules.stream().noneMatch(module -> fits(key, module)))
                        .findFirst()
                        .ifPresent(key -> {
                            throw TrainerFailure.invalidManifest(
                                    "spec.method.lora.%s: %s is the end of no adapted layer's name; they are named as %s"
                                            .formatted(field.getKey(), key, modules.get(0)));
                        }));
    }

    /** Writes PEFT's fields, but for the targets. */
    void write(ObjectNode config) {
        config.put("r", rank);
        config.put("lora_alpha", alpha);
        config.put("use_rslora", variant == Variant.RSLORA);
        config.put("use_dora", variant == Variant.DORA);
        config.put("bias", "none");
        rankPattern.forEach(config.putObject("rank_pattern")::put);
        alphaPattern.forEach(config.putObject("alpha_pattern")::put);
    }

    /** Reads PEFT's configuration of an adapter, and refuses what would change its mathematics. */
    static LoraConfig read(Path folder, JsonNode config) {
        var start = config.path("init_lora_weights").asText("true");
        if (!STARTS.contains(start)) {
            throw refuse(folder, "init_lora_weights", start);
        }
        for (var flag : List.of("lora_bias", "use_qalora")) {
            if (config.path(flag).asBoolean()) {
                throw refuse(folder, flag, "true");
            }
        }
        for (var field : List.of(
                "target_parameters",
                "trainable_token_indices",
                "layer_replication",
                "alora_invocation_tokens",
                "arrow_config",
                "use_bdlora",
                "kasa_config",
                "velora_config",
                "monteclora_config")) {
            if (config.hasNonNull(field)) {
                throw refuse(folder, field, config.path(field).toString());
            }
        }
        if (!config.path("bias").asText("none").equals("none")) {
            throw refuse(folder, "bias", config.path("bias").asText());
        }
        return new LoraConfig(
                config.path("r").asInt(),
                config.path("lora_alpha").asDouble(),
                variant(folder, config),
                targets(folder, config),
                pattern(folder, config, "rank_pattern", JsonNode::asInt),
                pattern(folder, config, "alpha_pattern", JsonNode::asDouble));
    }

    private static Variant variant(Path folder, JsonNode config) {
        var rslora = config.path("use_rslora").asBoolean();
        var dora = config.path("use_dora").asBoolean();
        if (rslora && dora) {
            throw refuse(folder, "use_rslora with use_dora", "true");
        }
        return rslora ? Variant.RSLORA : dora ? Variant.DORA : Variant.STANDARD;
    }

    private static <V> Map<String, V> pattern(Path folder, JsonNode config, String field, Function<JsonNode, V> value) {
        var pattern = new LinkedHashMap<String, V>();
        for (var entry : config.path(field).properties()) {
            try {
                Pattern.compile(entry.getKey());
            } catch (PatternSyntaxException e) {
                throw refuse(folder, field, entry.getKey());
            }
            pattern.put(entry.getKey(), value.apply(entry.getValue()));
        }
        return pattern;
    }

    /** The names in the configuration; where rules stand there instead, the modules that the weights are of. */
    private static List<String> targets(Path folder, JsonNode config) {
        var modules = config.path("target_modules");
        if (modules.isArray() && !config.hasNonNull("exclude_modules") && !config.hasNonNull("layers_to_transform")) {
            return Peft.names(modules);
        }
        var targets = new ArrayList<String>();
        for (var name : SafetensorsFile.open(folder.resolve(Peft.WEIGHTS)).names()) {
            var update = UPDATE.matcher(name);
            if (update.matches()) {
                targets.add(update.group(1));
            }
        }
        return targets;
    }

    private static TrainerFailure refuse(Path folder, String field, String value) {
        return TrainerFailure.invalidModel(
                "%s/%s: %s %s is not implemented".formatted(folder, AdapterFiles.CONFIG, field, value));
    }
}
