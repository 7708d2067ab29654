package dev.attune.trainer.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.trainer.failure.TrainerFailure;
import java.util.Set;

/** A model's {@code config.json}, in the layout of transformers 4 or 5. */
public record Config(String path, ObjectNode json) {

    /** A whole number that must be there. */
    public int integer(String field) {
        if (!json.path(field).canConvertToInt()) {
            throw refuse(field, "a whole number is needed");
        }
        return json.path(field).intValue();
    }

    /** A whole number, or what it is when left out. */
    public int integer(String field, int otherwise) {
        return json.hasNonNull(field) ? integer(field) : otherwise;
    }

    /** A number, or what it is when left out. */
    public double number(String field, double otherwise) {
        if (!json.hasNonNull(field)) {
            return otherwise;
        }
        if (!json.path(field).isNumber()) {
            throw refuse(field, "a number is needed");
        }
        return json.path(field).doubleValue();
    }

    /** A word, or what it is when left out. */
    public String text(String field, String otherwise) {
        return json.path(field).asText(otherwise);
    }

    /** A truth value, or what it is when left out. */
    public boolean flag(String field, boolean otherwise) {
        return json.path(field).asBoolean(otherwise);
    }

    /** A block, empty when left out. */
    public JsonNode block(String field) {
        return json.path(field);
    }

    /** Refuses a field's value that would change the mathematics in a way that isn't implemented. */
    public void require(String field, Set<String> known, String otherwise) {
        var value = json.hasNonNull(field) ? json.path(field).asText() : otherwise;
        if (!known.contains(value)) {
            throw refuse(field, "'" + value + "' is not implemented; known: " + String.join(", ", known));
        }
    }

    /** An error that names the file and the field. */
    public TrainerFailure refuse(String field, String why) {
        return TrainerFailure.invalidModel("%s: %s: %s".formatted(path, field, why));
    }
}
