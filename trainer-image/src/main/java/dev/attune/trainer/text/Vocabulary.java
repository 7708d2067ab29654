package dev.attune.trainer.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The ids of a tokenizer.json by the text of their tokens. */
record Vocabulary(Map<String, Integer> ids) {

    static Vocabulary of(JsonNode tokenizer) {
        var ids = new HashMap<String, Integer>();
        var vocabulary = tokenizer.path("model").path("vocab");
        if (vocabulary.isArray()) {
            // Unigram: the id is the place in the list of [token, score].
            for (var id = 0; id < vocabulary.size(); id++) {
                ids.put(vocabulary.get(id).path(0).asText(), id);
            }
        } else {
            vocabulary
                    .properties()
                    .forEach(entry -> ids.put(entry.getKey(), entry.getValue().intValue()));
        }
        tokenizer
                .path("added_tokens")
                .forEach(token ->
                        ids.put(token.path("content").asText(), token.path("id").intValue()));
        return new Vocabulary(ids);
    }

    Optional<Integer> id(String token) {
        return Optional.ofNullable(ids.get(token));
    }

    /** One more than the highest id. */
    int size() {
        return ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    }
}
