package dev.attune.trainer.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tokens of a model that stand for no text.
 *
 * @param declared what the tokenizer's files say, text by name ({@code eos_token}); null where they say that there is none
 * @param ids id by name, from the tokenizer's files or else from the model's
 * @param stops the ids at which the model ends a text
 */
public record SpecialTokens(Map<String, String> declared, Map<String, Integer> ids, Set<Integer> stops) {

    /** Begins a text. */
    public Optional<Integer> bos() {
        return Optional.ofNullable(ids.get("bos_token"));
    }

    /** Ends a text. */
    public Optional<Integer> eos() {
        return Optional.ofNullable(ids.get("eos_token"));
    }

    /** Fills a batch. */
    public Optional<Integer> pad() {
        return Optional.ofNullable(ids.get("pad_token"));
    }

    /** Stands in place of a token that is to be told. */
    public Optional<Integer> mask() {
        return Optional.ofNullable(ids.get("mask_token"));
    }

    /** Stands for what the vocabulary lacks. */
    public Optional<Integer> unk() {
        return Optional.ofNullable(ids.get("unk_token"));
    }

    /**
     * Reads them with transformers' precedence: tokenizer_config.json if it is of the form that lists the added tokens,
     * else special_tokens_map.json before it; where the tokenizer's files are silent, the ids in generation_config.json
     * and then in config.json.
     */
    static SpecialTokens read(ModelFiles files, Vocabulary vocabulary) {
        var config = files.json("tokenizer_config.json");
        var map = files.json("special_tokens_map.json");
        var declared = new LinkedHashMap<String, String>();
        var listsAddedTokens = config.has("added_tokens_decoder");
        declare(declared, listsAddedTokens ? map : config);
        declare(declared, listsAddedTokens ? config : map);

        var ids = new LinkedHashMap<String, Integer>();
        for (var name : Set.of("bos_token", "eos_token", "pad_token", "unk_token", "mask_token")) {
            var text = declared.get(name);
            var id = text != null
                    ? Optional.of(vocabulary
                            .id(text)
                            .orElseThrow(() -> files.failure(
                                    "tokenizer.json", "has no token %s, which is the %s".formatted(text, name))))
                    : modelIds(files, name + "_id").stream().findFirst();
            id.ifPresent(found -> ids.put(name, found));
        }
        var stops = new TreeSet<>(modelIds(files, "eos_token_id"));
        Optional.ofNullable(ids.get("eos_token")).ifPresent(stops::add);
        return new SpecialTokens(declared, ids, stops);
    }

    private static void declare(Map<String, String> declared, JsonNode file) {
        file.properties().forEach(field -> {
            if (field.getKey().endsWith("_token")) {
                var value = field.getValue().isObject() ? field.getValue().path("content") : field.getValue();
                if (value.isTextual() || value.isNull()) {
                    declared.put(field.getKey(), value.textValue());
                }
            }
        });
    }

    private static Set<Integer> modelIds(ModelFiles files, String name) {
        for (var file : new String[] {"generation_config.json", "config.json"}) {
            var value = files.json(file).path(name);
            var ids = new LinkedHashSet<Integer>();
            if (value.isInt()) {
                ids.add(value.intValue());
            }
            value.forEach(id -> ids.add(id.intValue()));
            if (!ids.isEmpty()) {
                return ids;
            }
        }
        return Set.of();
    }
}
