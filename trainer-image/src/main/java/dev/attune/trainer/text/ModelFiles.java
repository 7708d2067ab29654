package dev.attune.trainer.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.attune.trainer.failure.TrainerFailure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The small files of a model folder. */
record ModelFiles(Path folder) {

    /** The names in a tokenizer.json are its tokens, each there once: to look for their like costs time and finds none. */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build());

    /** A JSON file's content; missing if there is no such file. */
    JsonNode json(String name) {
        return text(name).map(text -> parse(name, text)).orElse(MissingNode.getInstance());
    }

    JsonNode parse(String name, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw failure(name, "is no JSON: " + e.getOriginalMessage());
        }
    }

    Optional<String> text(String name) {
        var file = folder.resolve(name);
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (CharacterCodingException e) {
            throw failure(name, "is no UTF-8 text");
        } catch (IOException e) {
            throw TrainerFailure.unavailable("%s can't be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    TrainerFailure failure(String name, String message) {
        return TrainerFailure.invalidModel("%s %s".formatted(folder.resolve(name), message));
    }
}
